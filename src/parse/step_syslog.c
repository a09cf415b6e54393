/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syslog: the header of a text, into fields; what follows it becomes the message
 * and the text of the next step. A record's own header is read before its source
 * is looked for, so that this step is for headers inside other things.
 */
#include "event/put.h"
#include "parse/steps.h"

static int compile(struct compiler *c, const struct yaml_node *node, const void **ret_options)
{
	static const char *const keys[] = {STEP_KEYS, NULL};

	*ret_options = NULL;
	return compile_keys(c, node, keys);
}

/* RFC 5424 section 6.3.3: \" \\ \] */
static struct str unescape(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, text.len);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\' && i + 1 < text.len &&
		    (text.ptr[i + 1] == '"' || text.ptr[i + 1] == '\\' || text.ptr[i + 1] == ']'))
			i++;
		out[len++] = text.ptr[i];
	}
	return str_of(out, len);
}

/* The number counts what the sender gave to the transport: of headers inside others the outermost says it. */
static void take_sequence(struct event *event, struct str text)
{
	uint64_t number;

	if (event->sequence < 0 && str_to_u64(text, &number) == 0 && number <= UINT32_MAX)
		event->sequence = (int64_t)number;
}

static void set_text(struct event *event, enum field_id id, struct str text)
{
	if (text.len)
		event_set_text(event, id, text);
}

/* The same of a field that takes any text. */
static inline void set_keyword(struct event *event, enum field_id id, struct str text)
{
	const struct value value = value_string(text);

	if (text.len)
		event_set_keyword(event, id, &value);
}

static void run_structured(struct run *run, struct str rest)
{
	struct str id = {0}, name, value;
	bool escaped;

	while (run->event->attr_count < EVENT_ATTRS_MAX &&
	       syslog_next_param(&rest, &id, &name, &value, &escaped)) {
		struct str key = name_join(run->event->arena, id, '.', name);

		if (escaped)
			value = unescape(run->event->arena, value);
		run_add(run, key, hash_str(key), value_string(value));
		if (str_eq(key, STR("meta.sequenceId"))) { /* RFC 5424 section 7.3.1 */
			set_text(run->event, FIELD_ID_EVENT_SEQUENCE, value);
			take_sequence(run->event, value);
		}
	}
}

void run_header(struct run *run, const struct syslog_header *header)
{
	struct event *event = run->event;

	if (header->severity >= 0) {
		event_set_small(event, FIELD_ID_LOG_SYSLOG_FACILITY, (unsigned)header->facility);
		event_set_small(event, FIELD_ID_LOG_SYSLOG_SEVERITY, (unsigned)header->severity);
		event_set_small(event, FIELD_ID_EVENT_SEVERITY, (unsigned)header->severity);
	}
	if (header->has_time) {
		run_set_time(run, FIELD_ID_TIMESTAMP, header->time);
		event->time_origin = header->zoned ? TIME_ZONED : TIME_ASSUMED;
	}
	set_keyword(event, FIELD_ID_HOST_NAME, header->host);
	if (!header->borrowed || !event_get(event, FIELD_ID_PROCESS_NAME))
		set_keyword(event, FIELD_ID_PROCESS_NAME, header->program);
	set_text(event, FIELD_ID_PROCESS_PID, header->pid);
	set_keyword(event, FIELD_ID_LOG_SYSLOG_MSGID, header->msgid);
	if (header->sequence.len) {
		set_text(event, FIELD_ID_EVENT_SEQUENCE, header->sequence);
		take_sequence(event, header->sequence);
	}
	set_keyword(event, FIELD_ID_MESSAGE, header->message);
	if (header->structured.len)
		run_structured(run, header->structured);
	run->text = header->message;
}

static int run(struct run *run, const void *options, struct str text)
{
	struct syslog_header header;
	int r = syslog_parse(text, &run->date, &header);

	(void)options;
	if (r == 0)
		run_header(run, &header);
	return r;
}

const struct step_kind step_syslog = {"syslog", compile, run};
