/* SPDX-License-Identifier: Apache-2.0 */
/* The files of communities and users. */
#include "collect/snmp_private.h"

#define WORDS_MAX 5

/* The words of a line; STR_NOT_FOUND where there are more. */
static size_t split_words(struct str line, struct str words[WORDS_MAX])
{
	size_t count = 0;

	for (line = str_trim(line); line.len; line = str_trim(line)) {
		size_t len = 0;

		while (len < line.len && !char_is_space(line.ptr[len]))
			len++;
		if (count == WORDS_MAX)
			return STR_NOT_FOUND;
		words[count++] = str_head(line, len);
		line = str_from_offset(line, len);
	}
	return count;
}

static bool copy_name(struct str word, char out[SNMP_NAME_MAX + 1])
{
	if (word.len > SNMP_NAME_MAX)
		return false;
	memcpy(out, word.ptr, word.len);
	out[word.len] = 0;
	return true;
}

/* What is wrong with the line, or NULL. */
static const char *read_community(struct snmp *snmp, const struct str *words, size_t count)
{
	struct snmp_community *community = &snmp->communities[snmp->community_count];

	if (count > 2)
		return "a community and a label, no more";
	if (snmp->community_count == SNMP_COMMUNITIES_MAX)
		return "too many communities";
	if (!copy_name(words[0], community->name) || (count == 2 && !copy_name(words[1], community->label)))
		return "a community and a label have at most 32 bytes";
	snmp->community_count++;
	return NULL;
}

static const char *read_privacy(struct snmp_user *user, const struct str *words, size_t count)
{
	size_t len;

	if (count == 3)
		return NULL;
	for (const struct snmp_priv *priv = snmp_privs; priv->name && !user->priv; priv++)
		if (str_ieq(words[3], str_from(priv->name)))
			user->priv = priv;
	if (count != 5 || !user->priv)
		return "behind it DES, AES, AES192 or AES256 and a password";
	if (words[4].len < SNMP_PASSWORD_MIN)
		return "a password has at least 8 characters";
	return snmp_key_of_password(user->auth, words[4], user->priv_key, &len) ? NULL
										: "no such algorithm here";
}

static const char *read_user(struct snmp *snmp, const struct str *words, size_t count)
{
	struct snmp_user *user = &snmp->users[snmp->user_count];

	if (snmp->user_count == SNMP_USERS_MAX)
		return "too many users";
	*user = (struct snmp_user){0};
	if (!copy_name(words[0], user->name))
		return "a user's name has at most 32 bytes";
	snmp->user_count++;
	if (count == 2 && str_eq(words[1], STR("-")))
		return NULL;
	for (const struct snmp_auth *auth = snmp_auths; count >= 3 && auth->name && !user->auth; auth++)
		if (str_ieq(words[1], str_from(auth->name)))
			user->auth = auth;
	if (!user->auth)
		return "behind a name MD5, SHA, SHA224, SHA256, SHA384 or SHA512 and a password, or -";
	if (words[2].len < SNMP_PASSWORD_MIN)
		return "a password has at least 8 characters";
	if (!snmp_key_of_password(user->auth, words[2], user->auth_key, &user->key_len))
		return "no such algorithm here";
	return read_privacy(user, words, count);
}

typedef const char *read_words(struct snmp *snmp, const struct str *words, size_t count);

static int read_list(struct snmp *snmp, struct str text, read_words *read, struct err *ret_err)
{
	struct str line, words[WORDS_MAX];
	unsigned number = 0;

	while (str_split(&text, '\n', &line)) {
		size_t count = split_words(line, words);
		const char *problem = "too many words";

		number++;
		if (count && words[0].ptr[0] == '#')
			continue;
		if (count && count != STR_NOT_FOUND)
			problem = read(snmp, words, count);
		if (count && problem)
			return err_set(ret_err, ERR_SYNTAX, number, 0, "%s", problem);
	}
	return 0;
}

int snmp_read_access(struct snmp *snmp, const struct snmp_options *options, struct err *ret_err)
{
	int r = read_list(snmp, options->communities, read_community, ret_err);

	if (r == 0)
		r = read_list(snmp, options->users, read_user, ret_err);
	return r;
}

const struct snmp_user *snmp_find_user(const struct snmp *snmp, struct str name)
{
	for (size_t i = 0; i < snmp->user_count; i++)
		if (str_eq(str_from(snmp->users[i].name), name))
			return &snmp->users[i];
	return NULL;
}
