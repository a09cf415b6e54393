/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/channels.h"

#include <string.h>

#include "base/yaml.h"

#define URL_MAX 1024
#define SECRET_MAX 512
#define PER_MINUTE_MAX 6000

struct reading {
	struct arena *arena;
	struct channels *channels;
	bool mail;
	struct err *err;
};

const struct channel *channels_find(const struct channels *channels, struct str name)
{
	for (size_t i = 0; i < channels->count; i++)
		if (str_eq(name, str_from(channels->items[i].name)))
			return &channels->items[i];
	return NULL;
}

/* --- one member each ------------------------------------------------------------------------------------ */

static int set_name(struct reading *reading, struct channel *channel, const struct yaml_node *value)
{
	struct str name = yaml_text(value, (struct str){0});

	for (size_t i = 0; i < name.len; i++)
		if (!char_is_digit(name.ptr[i]) && (name.ptr[i] < 'a' || name.ptr[i] > 'z') &&
		    name.ptr[i] != '-')
			return yaml_error(reading->err, value,
					  "a name has small letters, digits and - alone");
	if (!name.len || name.len > CHANNEL_NAME_MAX)
		return yaml_error(reading->err, value, "a name has 1 to %d characters", CHANNEL_NAME_MAX);
	if (channels_find(reading->channels, name))
		return yaml_error(reading->err, value, "there are two channels '%.*s'", STR_FMT(name));
	channel->name = arena_copy(reading->arena, name).ptr;
	return 0;
}

static int set_type(struct reading *reading, struct channel *channel, const struct yaml_node *value)
{
	struct str type = yaml_text(value, (struct str){0});

	channel->robot = robot_find(type);
	if (!channel->robot && !str_eq(type, STR(CHANNEL_MAIL)))
		return yaml_error(reading->err, value,
				  "type is mail, wecom, dingtalk, feishu or webhook, not '%.40s'",
				  type.len ? type.ptr : "");
	if (!channel->robot && !reading->mail)
		return yaml_error(reading->err, value, "a channel of type mail needs mail.server");
	return 0;
}

/* Printable ASCII: what is none would have to be encoded, and a line end would be a header of its own. */
static int set_url(struct reading *reading, struct channel *channel, const struct yaml_node *value)
{
	struct str url = yaml_text(value, (struct str){0});

	for (size_t i = 0; i < url.len; i++)
		if (url.ptr[i] <= ' ' || url.ptr[i] > '~')
			return yaml_error(reading->err, value, "url holds a character that must be encoded");
	if (url.len > URL_MAX || (!str_starts(url, STR("https://")) && !str_starts(url, STR("http://"))))
		return yaml_error(reading->err, value, "url begins with https://");
	channel->url = arena_copy(reading->arena, url).ptr;
	return 0;
}

static int set_secret(struct reading *reading, struct channel *channel, const struct yaml_node *value)
{
	struct str secret = yaml_text(value, (struct str){0});

	if (!secret.len || secret.len > SECRET_MAX)
		return yaml_error(reading->err, value, "secret has 1 to %d bytes", SECRET_MAX);
	channel->secret = arena_copy(reading->arena, secret);
	return 0;
}

static int set_to(struct reading *reading, struct channel *channel, const struct yaml_node *value)
{
	channel->to = arena_copy(reading->arena, yaml_text(value, (struct str){0}));
	return mail_address_valid(channel->to) ? 0 : yaml_error(reading->err, value, "to is a mail address");
}

static int set_ca(struct reading *reading, struct channel *channel, const struct yaml_node *value)
{
	channel->ca = arena_copy(reading->arena, yaml_text(value, (struct str){0})).ptr;
	return channel->ca[0] == '/' ? 0 : yaml_error(reading->err, value, "ca is the full path of a file");
}

static int set_plain(struct reading *reading, struct channel *channel, const struct yaml_node *value)
{
	return yaml_bool(value, &channel->plain) < 0
		       ? yaml_error(reading->err, value, "plain is true or false")
		       : 0;
}

static int set_format(struct reading *reading, struct channel *channel, const struct yaml_node *value)
{
	struct str format = yaml_text(value, (struct str){0});

	channel->markdown = str_eq(format, STR("markdown"));
	return channel->markdown || str_eq(format, STR("text"))
		       ? 0
		       : yaml_error(reading->err, value, "format is text or markdown");
}

static int set_per_minute(struct reading *reading, struct channel *channel, const struct yaml_node *value)
{
	int64_t number;

	if (yaml_int(value, &number) < 0 || number < 1 || number > PER_MINUTE_MAX)
		return yaml_error(reading->err, value, "per_minute is a number from 1 to %d", PER_MINUTE_MAX);
	channel->per_minute = (unsigned)number;
	return 0;
}

static int set_kinds(struct reading *reading, struct channel *channel, const struct yaml_node *value)
{
	if (value->type != YAML_SEQUENCE || value->count > CHANNEL_KINDS_MAX)
		return yaml_error(reading->err, value, "kinds is a list of at most %d words",
				  CHANNEL_KINDS_MAX);
	for (uint32_t i = 0; i < value->count; i++) {
		struct str kind = yaml_text(value->items[i], (struct str){0});

		if (!kind.len)
			return yaml_error(reading->err, value->items[i], "a kind is a word");
		channel->kinds[channel->kind_count++] = arena_copy(reading->arena, kind);
	}
	return 0;
}

static const struct {
	const char *name;
	int (*set)(struct reading *reading, struct channel *channel, const struct yaml_node *value);
} members[] = {
	{"name", set_name},   {"type", set_type},
	{"url", set_url},     {"secret", set_secret},
	{"to", set_to},       {"ca", set_ca},
	{"plain", set_plain}, {"format", set_format},
	{"kinds", set_kinds}, {"per_minute", set_per_minute},
};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

/* --- the file ------------------------------------------------------------------------------------------- */

static int check(const struct reading *reading, const struct channel *channel, const struct yaml_node *node)
{
	if (!channel->name)
		return yaml_error(reading->err, node, "a channel needs a name");
	if (channel->robot && !channel->url)
		return yaml_error(reading->err, node, "channel '%s' needs a type and a url", channel->name);
	if (!channel->robot && (!channel->to.len || channel->url || channel->secret.len))
		return yaml_error(reading->err, node, "channel '%s' of type mail needs 'to', and no url",
				  channel->name);
	if (channel->robot && strncmp(channel->url, "http://", 7) == 0 && !channel->plain)
		return yaml_error(reading->err, node,
				  "channel '%s': what is sent over http:// can be read and changed on its "
				  "way; say plain: true where that is meant",
				  channel->name);
	if (channel->markdown && (!channel->robot || !channel->robot->markdown_max))
		return yaml_error(reading->err, node, "channel '%s' has no markdown", channel->name);
	if (channel->robot == &robot_dingtalk && channel->secret.len && !strchr(channel->url, '?'))
		return yaml_error(reading->err, node,
				  "channel '%s': the url has no ?access_token=", channel->name);
	return 0;
}

static int read_channel(struct reading *reading, const struct yaml_node *node)
{
	struct channel channel = {0};
	bool typed = yaml_get(node, "type") != NULL;
	int r = 0;

	if (node->type != YAML_MAPPING || !typed)
		return yaml_error(reading->err, node, "a channel has name, type, url and kinds");
	if (reading->channels->count == CHANNELS_MAX)
		return yaml_error(reading->err, node, "there are more than %d channels", CHANNELS_MAX);
	for (uint32_t i = 0; i < node->count && r == 0; i++) {
		size_t m = 0;

		while (m < MEMBERS && !str_eq(node->keys[i]->text, str_from(members[m].name)))
			m++;
		r = m == MEMBERS ? yaml_error(reading->err, node->keys[i], "a channel has no '%.40s'",
					      node->keys[i]->text.ptr)
				 : members[m].set(reading, &channel, node->values[i]);
	}
	if (r == 0)
		r = check(reading, &channel, node);
	if (r < 0)
		return r;
	if (!channel.per_minute && channel.robot)
		channel.per_minute = channel.robot->per_minute;
	reading->channels->items[reading->channels->count++] = channel;
	return 0;
}

int channels_parse(struct str text, bool mail, struct arena *arena, struct channels *ret_channels,
		   struct err *ret_err)
{
	struct channels *channels = arena_struct(arena, struct channels);
	struct reading reading = {arena, channels, mail, ret_err};
	struct yaml_node **docs;
	size_t count;
	int r = yaml_parse(text, arena, &docs, &count, ret_err);

	if (r < 0)
		return r;
	if (mail)
		channels->items[channels->count++] = (struct channel){.name = CHANNEL_MAIL};
	if (count > 0 && !yaml_is_null(docs[0])) {
		if (count > 1 || docs[0]->type != YAML_SEQUENCE)
			return yaml_error(ret_err, docs[0], "expected a list of channels");
		for (uint32_t i = 0; i < docs[0]->count && r == 0; i++)
			r = read_channel(&reading, docs[0]->items[i]);
	}
	if (r == 0)
		*ret_channels = *channels;
	return r;
}

void channels_describe(const struct channels *channels, struct buf *out)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < channels->count; i++) {
		const struct channel *channel = &channels->items[i];

		buf_printf(out, "%s{\"name\":\"%s\",\"type\":\"%s\",\"needs_receiver\":%s,\"kinds\":[",
			   i ? "," : "", channel->name, channel->robot ? channel->robot->name : CHANNEL_MAIL,
			   !channel->robot && !channel->to.len ? "true" : "false");
		for (size_t k = 0; k < channel->kind_count; k++) {
			if (k)
				buf_add_char(out, ',');
			buf_add_json_string(out, channel->kinds[k]);
		}
		buf_add_str(out, STR("]}"));
	}
	buf_add_str(out, STR("]\n"));
}
