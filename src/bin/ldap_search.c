/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/ldap_search.h"

#include <ldap.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "base/buf.h"
#include "base/hash.h"

#define PAGES_MAX (DIRECTORY_PEOPLE_MAX / 10) /* a server may give fewer a page than it is asked for */
#define KEY_HEX_MAX 64                        /* bytes of a key that is no text */

enum member { KEY, NUMBER, NAME, PHONE, MAIL, UNIT, MEMBERS };
static const char *const members[MEMBERS] = {"key", "number", "name", "phone", "mail", "unit"};

struct search {
	const struct ldap_options *options;
	LDAP *ldap;
	char text[LDAP_ATTRIBUTES_MAX]; /* the mapping, cut into names */
	char *attributes[MEMBERS + 1];  /* that are asked for */
	const char *names[MEMBERS];     /* NULL: not mapped */
	ldap_visit *visit;
	void *context;
	struct err *err;
};

/* --- options
 * ------------------------------------------------------------------------------------------------ */

static int read_attributes(struct search *search)
{
	size_t count = 0;
	char *rest, *pair;

	if (snprintf(search->text, sizeof(search->text), "%s", search->options->attributes) >=
	    (int)sizeof(search->text))
		return err_set(search->err, ERR_LIMIT, 0, 0, "ldap.attributes is too long");
	for (pair = strtok_r(search->text, ", ", &rest); pair; pair = strtok_r(NULL, ", ", &rest)) {
		char *equal = strchr(pair, '=');
		size_t member = 0;

		while (equal && member < MEMBERS &&
		       (strlen(members[member]) != (size_t)(equal - pair) ||
			strncmp(members[member], pair, (size_t)(equal - pair)) != 0))
			member++;
		if (!equal || member == MEMBERS || !equal[1] || search->names[member])
			return err_set(search->err, ERR_SYNTAX, 0, 0,
				       "ldap.attributes: '%s' is not one of key, number, name, phone, mail "
				       "and unit with "
				       "= and an attribute behind it",
				       pair);
		search->names[member] = equal + 1;
		search->attributes[count++] = equal + 1;
	}
	if (!search->names[NAME])
		return err_set(search->err, ERR_SYNTAX, 0, 0,
			       "ldap.attributes does not say which is the name");
	return 0;
}

static bool is_this_machine(struct str url)
{
	static const char *const hosts[] = {"127.0.0.1", "[::1]", "localhost"};
	struct str rest = str_from_offset(url, str_find(url, STR("://")) + 3);

	for (size_t i = 0; i < 3; i++) {
		struct str host = str_from(hosts[i]);

		if (str_starts(rest, host) &&
		    (rest.len == host.len || rest.ptr[host.len] == ':' || rest.ptr[host.len] == '/'))
			return true;
	}
	return false;
}

static int check(struct search *search)
{
	const struct ldap_options *options = search->options;
	struct str url = str_from(options->url);
	bool tls = str_starts(url, STR("ldaps://"));

	if (!tls && !str_starts(url, STR("ldap://")))
		return err_set(search->err, ERR_SYNTAX, 0, 0, "ldap.url begins with ldaps:// or ldap://");
	if (tls && options->starttls)
		return err_set(search->err, ERR_SYNTAX, 0, 0,
			       "ldap.starttls is for ldap://; ldaps:// is TLS already");
	if (!tls && !options->starttls && !is_this_machine(url))
		return err_set(
			search->err, ERR_DENIED, 0, 0,
			"ldap:// without TLS shows everybody on the way the password: use ldaps://, or "
			"ldap.starttls");
	if (options->unchecked && !is_this_machine(url))
		return err_set(search->err, ERR_DENIED, 0, 0,
			       "ldap.check_certificate can be off on this machine itself only: name the "
			       "authority in "
			       "ldap.ca");
	if (!options->base[0])
		return err_set(search->err, ERR_SYNTAX, 0, 0,
			       "ldap.base is not set: where people are looked for");
	/* An empty password would sign in nobody and look like success (RFC 4513, 5.1.2). */
	if (options->bind_dn[0] && !options->password[0])
		return err_set(search->err, ERR_SYNTAX, 0, 0, "ldap.bind_dn needs ldap.password_file");
	return read_attributes(search);
}

int ldap_check(const struct ldap_options *options, struct err *ret_err)
{
	struct search search = {.options = options, .err = ret_err};

	return check(&search);
}

/* --- the connection
 * ------------------------------------------------------------------------------------------ */

static int failed(struct search *search, const char *what, int result)
{
	char *detail = NULL;

	if (search->ldap)
		ldap_get_option(search->ldap, LDAP_OPT_DIAGNOSTIC_MESSAGE, &detail);
	err_set(search->err, ERR_REFUSED, 0, 0, "%s: %s%s%.200s", what, ldap_err2string(result),
		detail && detail[0] ? ": " : "", detail ? detail : "");
	ldap_memfree(detail);
	return ERR_REFUSED;
}

static int set_options(struct search *search)
{
	const struct ldap_options *options = search->options;
	const struct timeval timeout = {.tv_sec = options->timeout};
	int version = LDAP_VERSION3,
	    require = options->unchecked ? LDAP_OPT_X_TLS_NEVER : LDAP_OPT_X_TLS_HARD;
	int least = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2, server = 0, limit = (int)options->timeout;
	const char *ca = options->ca[0] ? options->ca : LDAP_CA_DEFAULT;
	const struct {
		int option;
		const void *value;
	} all[] = {
		{LDAP_OPT_PROTOCOL_VERSION, &version},
		{LDAP_OPT_REFERRALS, LDAP_OPT_OFF},
		{LDAP_OPT_NETWORK_TIMEOUT, &timeout},
		{LDAP_OPT_TIMEOUT, &timeout},
		{LDAP_OPT_TIMELIMIT, &limit},
		{LDAP_OPT_X_TLS_CACERTFILE, ca},
		{LDAP_OPT_X_TLS_REQUIRE_CERT, &require},
		{LDAP_OPT_X_TLS_PROTOCOL_MIN, &least},
		{LDAP_OPT_X_TLS_NEWCTX, &server}, /* makes the four above it hold; so it is last */
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (options->unchecked && all[i].option == LDAP_OPT_X_TLS_CACERTFILE)
			continue;
		if (ldap_set_option(search->ldap, all[i].option, all[i].value) != LDAP_OPT_SUCCESS)
			return err_set(search->err, ERR_REFUSED, 0, 0,
				       "the library does not take its options: is %s a PEM file of "
				       "certificates that "
				       "can be read?",
				       ca);
	}
	return 0;
}

static int sign_in(struct search *search)
{
	const struct ldap_options *options = search->options;
	struct berval password = {strlen(options->password), (char *)options->password};
	int r = LDAP_SUCCESS;

	if (options->starttls)
		r = ldap_start_tls_s(search->ldap, NULL, NULL);
	if (r != LDAP_SUCCESS)
		return failed(search, "STARTTLS", r);
	if (!options->bind_dn[0])
		return 0;
	r = ldap_sasl_bind_s(search->ldap, options->bind_dn, LDAP_SASL_SIMPLE, &password, NULL, NULL, NULL);
	return r == LDAP_SUCCESS ? 0 : failed(search, "signing in", r);
}

/* --- entries
 * ------------------------------------------------------------------------------------------------- */

static struct str value_of(struct search *search, LDAPMessage *entry, enum member member,
			   struct berval ***ret_values)
{
	struct berval **values = search->names[member]
					 ? ldap_get_values_len(search->ldap, entry, search->names[member])
					 : NULL;

	*ret_values = values;
	return values && values[0] ? str_of(values[0]->bv_val, values[0]->bv_len) : (struct str){0};
}

/* objectGUID is sixteen bytes, not a text. */
static struct str printable(struct str key, char hex[2 * KEY_HEX_MAX + 1])
{
	bool plain = str_is_utf8(key);

	for (size_t i = 0; i < key.len && plain; i++)
		plain = (unsigned char)key.ptr[i] >= ' ' && key.ptr[i] != 0x7f;
	if (plain || key.len > KEY_HEX_MAX)
		return key;
	hex_encode(key.ptr, key.len, hex);
	return str_of(hex, 2 * key.len);
}

static struct str cut(struct str text)
{
	if (text.len > DIRECTORY_TEXT_MAX)
		for (text.len = DIRECTORY_TEXT_MAX; text.len && (text.ptr[text.len] & 0xc0) == 0x80;)
			text.len--;
	return text;
}

static int take_entry(struct search *search, LDAPMessage *entry)
{
	struct berval **values[MEMBERS];
	struct str texts[MEMBERS];
	char hex[2 * KEY_HEX_MAX + 1], *dn = ldap_get_dn(search->ldap, entry);
	struct directory_person person;
	int r;

	for (int i = 0; i < MEMBERS; i++)
		texts[i] = cut(value_of(search, entry, (enum member)i, &values[i]));
	person = (struct directory_person){.key = printable(texts[KEY].len ? texts[KEY] : str_from(dn), hex),
					   .number = texts[NUMBER],
					   .name = texts[NAME],
					   .phone = texts[PHONE],
					   .mail = texts[MAIL],
					   .unit = texts[UNIT]};
	r = search->visit(search->context, &person);
	for (int i = 0; i < MEMBERS; i++)
		ldap_value_free_len(values[i]);
	ldap_memfree(dn);
	return r;
}

/* --- pages
 * --------------------------------------------------------------------------------------------------- */

/* The cookie of the next page out of the answer; empty at the end. */
static int read_cookie(struct search *search, LDAPMessage *answer, struct berval *cookie)
{
	LDAPControl **controls = NULL, *page;
	ber_int_t estimate;
	int result = LDAP_SUCCESS;
	int r = ldap_parse_result(search->ldap, answer, &result, NULL, NULL, NULL, &controls, 0);

	ber_memfree(cookie->bv_val);
	*cookie = (struct berval){0};
	if (r == LDAP_SUCCESS)
		r = result;
	page = r == LDAP_SUCCESS ? ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, NULL) : NULL;
	if (page)
		r = ldap_parse_pageresponse_control(search->ldap, page, &estimate, cookie);
	ldap_controls_free(controls);
	return r == LDAP_SUCCESS ? 0 : failed(search, "the search", r);
}

static int read_page(struct search *search, struct berval *cookie)
{
	struct timeval limit = {.tv_sec = search->options->timeout};
	LDAPControl *page = NULL, *controls[2] = {NULL, NULL};
	LDAPMessage *answer = NULL, *entry;
	int r = ldap_create_page_control(search->ldap, LDAP_PAGE, cookie, 1, &page);

	if (r != LDAP_SUCCESS)
		return failed(search, "pages", r);
	controls[0] = page;
	r = ldap_search_ext_s(search->ldap, search->options->base, LDAP_SCOPE_SUBTREE,
			      search->options->filter, search->attributes, 0, controls, NULL, &limit,
			      LDAP_NO_LIMIT, &answer);
	ldap_control_free(page);
	r = r == LDAP_SUCCESS ? 0 : failed(search, "the search", r);
	entry = r == 0 ? ldap_first_entry(search->ldap, answer) : NULL;
	for (; entry && r == 0; entry = ldap_next_entry(search->ldap, entry))
		r = take_entry(search, entry);
	if (r == 0)
		r = read_cookie(search, answer, cookie);
	ldap_msgfree(answer);
	return r;
}

static int read_pages(struct search *search)
{
	struct berval cookie = {0};
	int r = 0;

	for (unsigned i = 0; r == 0 && (i == 0 || cookie.bv_len); i++)
		r = i < PAGES_MAX ? read_page(search, &cookie)
				  : err_set(search->err, ERR_LIMIT, 0, 0, "the answer has no end");
	ber_memfree(cookie.bv_val);
	return r;
}

int ldap_search_people(const struct ldap_options *options, ldap_visit *visit, void *context,
		       struct err *ret_err)
{
	struct search search = {.options = options, .visit = visit, .context = context, .err = ret_err};
	int r = check(&search), result;

	if (r < 0)
		return r;
	result = ldap_initialize(&search.ldap, options->url);
	if (result != LDAP_SUCCESS)
		return failed(&search, options->url, result);
	r = set_options(&search);
	if (r == 0)
		r = sign_in(&search);
	if (r == 0)
		r = read_pages(&search);
	ldap_unbind_ext_s(search.ldap, NULL, NULL);
	return r;
}
