/* SPDX-License-Identifier: Apache-2.0 */
/* What an alert is about, out of its members and its event's copy. */
#include "base/clock.h"
#include "cases/grouper.h"

static struct str lower(struct arena *arena, struct str text)
{
	char *copy = arena_alloc(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++)
		copy[i] = char_lower(text.ptr[i]);
	copy[text.len] = 0;
	return str_of(copy, text.len);
}

/* The same value twice counts once: the earlier part is worth more. */
static void add(struct subject *subject, enum share share, struct str value)
{
	if (!value.len || value.len > ENTITY_VALUE_MAX || subject->count == ENTITIES_MAX ||
	    !str_is_utf8(value))
		return;
	for (size_t i = 0; i < subject->count; i++)
		if (share_kind(subject->items[i].share) == share_kind(share) &&
		    str_eq(subject->items[i].value, value))
			return;
	subject->items[subject->count++] = (struct entity){.share = share, .value = value};
}

/* "CORP\\li" and "li@corp.example" are li: devices write the same person in each way. */
static struct str plain_user(struct str name)
{
	size_t slash = str_find_char(name, '\\'), at;

	if (slash < name.len)
		name = str_from_offset(name, slash + 1);
	at = str_find_char(name, '@');
	return at > 0 && at < name.len ? str_head(name, at) : name;
}

static void add_user(struct grouper *grouper, struct subject *subject, struct str name)
{
	struct str whole = lower(grouper->arena, str_trim(name)), user = plain_user(whole);

	if (!names_hold(&grouper->rules->users, user) && !names_hold(&grouper->rules->users, whole))
		add(subject, SHARE_USER, user);
}

static void add_named(struct grouper *grouper, struct subject *subject, enum share share,
		      const struct names *ignored, struct str name)
{
	struct str value = lower(grouper->arena, str_trim(name));

	if (value.len && value.ptr[value.len - 1] == '.')
		value.len--;
	if (!names_hold(ignored, value))
		add(subject, share, value);
}

/* One way of writing an address. */
static void add_address(struct grouper *grouper, struct subject *subject, enum share share, struct str text)
{
	char out[IP_TEXT_SIZE];
	uint8_t ip[16];

	if (ip_parse(text, ip) < 0 || case_rules_ignore_address(grouper->rules, text))
		return;
	ip_format(ip, out);
	add(subject, share, arena_copy(grouper->arena, str_from(out)));
}

static struct str field(const struct json_node *fields, const char *name)
{
	const struct json_node *node = json_get(fields, str_from(name));

	return node && node->type == JSON_STRING ? str_of(node->text, node->len) : (struct str){0};
}

static struct str first_field(const struct json_node *fields, const char *a, const char *b)
{
	struct str text = field(fields, a);

	return text.len ? text : field(fields, b);
}

static void add_event(struct grouper *grouper, struct subject *subject, struct str event)
{
	const struct case_rules *rules = grouper->rules;
	const struct json_node *root, *fields;

	if (!event.len || json_parse(grouper->parser, event, &root, NULL) < 0)
		return;
	fields = json_get(root, STR("received"));
	if (fields && fields->type == JSON_STRING)
		clock_parse(str_of(fields->text, fields->len), 0, &subject->received);
	fields = json_get(root, STR("fields"));
	if (!fields || fields->type != JSON_OBJECT)
		return;
	add_user(grouper, subject, field(fields, "user.name"));
	add_user(grouper, subject, field(fields, "user.target.name"));
	add_named(grouper, subject, SHARE_FILE_HASH, &rules->hashes,
		  first_field(fields, "file.hash.sha256", "file.hash.md5"));
	add_named(grouper, subject, SHARE_FILE_HASH, &rules->hashes,
		  first_field(fields, "process.hash.sha256", "process.hash.md5"));
	add_named(grouper, subject, SHARE_DOMAIN, &rules->domains,
		  first_field(fields, "dns.question.registered_domain", "dns.question.name"));
	add_named(grouper, subject, SHARE_DOMAIN, &rules->domains,
		  first_field(fields, "url.registered_domain", "url.domain"));
	subject->site = arena_copy(grouper->arena, field(fields, "url.domain"));
	subject->observer = arena_copy(grouper->arena, field(fields, "observer.ip"));
}

/* Whose machine it happened on, else which site, else whom it was done to, who did it, whose log says so. */
static int find_asset(struct grouper *grouper, const struct alert *alert, struct subject *subject)
{
	const struct str names[] = {alert->host, subject->site, alert->destination_ip, alert->source_ip,
				    subject->observer};

	return assets_find(grouper->assets, grouper->tx, names, sizeof(names) / sizeof(names[0]), alert->time,
			   &subject->asset);
}

/* A sweep reaches so many that its source is no longer rare; what it does is still one thing. */
static void add_activity(struct grouper *grouper, struct subject *subject, struct str rule)
{
	for (size_t i = 0; i < subject->count; i++)
		if (subject->items[i].share == SHARE_SOURCE) {
			add(subject, SHARE_ACTIVITY,
			    arena_printf(grouper->arena, "%.*s %.*s", STR_FMT(rule),
					 STR_FMT(subject->items[i].value)));
			return;
		}
}

/* list: a JSON array that we wrote ourselves: plain names between quotes. */
static size_t read_list(struct str list, struct str items[TACTICS_MAX])
{
	struct str part;
	size_t count = 0;

	for (bool inside = false; str_split(&list, '"', &part); inside = !inside)
		if (inside && part.len && count < TACTICS_MAX)
			items[count++] = part;
	return count;
}

int grouper_subject(struct grouper *grouper, const struct alert *alert, struct subject *ret_subject)
{
	struct subject *subject = ret_subject;
	int r;

	*subject = (struct subject){0};
	arena_reset(grouper->arena);
	subject->tactic_count = read_list(alert->tactics, subject->tactics);
	subject->technique_count = read_list(alert->techniques, subject->techniques);
	subject->seq = (int64_t)alert->event_seq;
	for (size_t i = 0; i < subject->tactic_count && alert->level > ALERT_INFORMATIONAL; i++) {
		unsigned stage = case_rules_stage(grouper->rules, subject->tactics[i]);

		subject->stage = stage > subject->stage ? stage : subject->stage;
	}
	add_named(grouper, subject, SHARE_HOST, &grouper->rules->hosts, alert->host);
	r = subject->count ? grouper_host_name(grouper, alert, &subject->items[0]) : 0;
	if (r < 0)
		return r;
	add_user(grouper, subject, alert->user);
	add_address(grouper, subject, SHARE_SOURCE, alert->source_ip);
	add_address(grouper, subject, SHARE_DESTINATION, alert->destination_ip);
	add_event(grouper, subject, alert->event);
	add_activity(grouper, subject, alert->rule_id);
	r = find_asset(grouper, alert, subject);
	if (subject->asset && subject->asset->id)
		add(subject, SHARE_ASSET,
		    arena_printf(grouper->arena, "%lld", (long long)subject->asset->id));
	if (!subject->count)
		add(subject, SHARE_RULE, alert->rule_id);
	return r;
}
