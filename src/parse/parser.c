/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/source.h"

#include <stdlib.h>

#include "event/put.h"
#include "parse/outcome.h"
#include "parse/run.h"
#include "parse/set.h"
#include "parse/steps.h"
#include "parse/text.h"

#define FIELDS_USUAL 48

struct parser *parser_new(const struct source_set *set)
{
	struct parser *parser = calloc(1, sizeof(*parser));

	if (!parser)
		return NULL;
	parser->set = set;
	parser->json = json_parser_new();
	parser->slots = calloc(set->slots_max + 1, sizeof(*parser->slots));
	parser->branches = calloc(set->branch_count + 1, sizeof(*parser->branches));
	parser->regex = regex_scratch_new(REGEX_GROUPS_MAX);
	parser->outcomes = outcomes_new();
	parser->shapes = shapes_new();
	parser->notes = malloc(sizeof(*parser->notes));
	must(event_make_constant(FIELD_ID_EVENT_KIND, STR("event"), &parser->kind_event) == 0 &&
	     event_make_constant(FIELD_ID_EVENT_KIND, STR("unparsed"), &parser->kind_unparsed) == 0);
	if (!parser->json || !parser->slots || !parser->branches || !parser->outcomes || !parser->shapes ||
	    !parser->notes) {
		parser_free(parser);
		return NULL;
	}
	return parser;
}

void parser_free(struct parser *parser)
{
	if (!parser)
		return;
	if (parser->json)
		json_parser_free(parser->json);
	regex_scratch_free(parser->regex);
	outcomes_free(parser->outcomes);
	shapes_free(parser->shapes);
	free(parser->notes);
	free(parser->slots);
	free(parser->branches);
	free(parser);
}

/* A text on its way to its source. */
struct reading {
	struct look look;
	struct str text;
	struct syslog_header header; /* where look.format says so */
	size_t json_offset;          /* where a text that begins like JSON stops being it, plus one */
	bool inside;                 /* another, whose text it is part of */
	struct json_index index;     /* where look.format is JSON, and there is no shape */
	const struct shape *shape;   /* that it follows; then look knows nothing of its keys */
	bool shapeless;              /* it has none, or none that could be told apart by it */
	bool converted;              /* from GB 18030 */
};

/* A syslog message whose program is known, though there is no header. */
static void look_at_message(struct arena *arena, struct str program, struct reading *r)
{
	r->text = text_repair(arena, r->text);
	r->header = (struct syslog_header){
		.facility = -1, .severity = -1, .program = program, .message = r->text, .borrowed = true};
	r->look.format = FORMAT_SYSLOG;
	r->look.message = r->text;
	r->look.program = program;
}

static bool is_xml(struct str text)
{
	char c;

	text = str_trim(text);
	c = text.len > 1 ? char_lower(text.ptr[1]) : 0;
	return text.len > 1 && text.ptr[0] == '<' && ((c >= 'a' && c <= 'z') || c == '?' || c == '!');
}

static bool parse_json(struct parser *parser, struct event *event, struct str text, struct reading *r)
{
	size_t offset = 0;

	r->shapeless = r->look.hint.len || text.ptr != r->text.ptr;
	if (json_index(parser->json, text, arena_alloc(event->arena, text.len + JSON_ROOM), &r->index) <
	    0) { /* once more, to hear where it is wrong */
		r->shapeless = true;
		if (json_parse(parser->json, text, &r->look.json, &offset) == 0)
			return true;
	} else {
		if (!r->shapeless)
			r->shape = shapes_find(parser->shapes, text, &r->index, event, &parser->match);
		if (r->shape ||
		    json_parse_indexed(parser->json, text, &r->index, &r->look.json, &offset) == 0)
			return true;
	}
	r->look.json = NULL;
	r->json_offset = offset + 1;
	return false;
}

/* The object that a text is, if anything. */
static inline struct str json_text(struct str text)
{
	text = str_trim(text);
	if (str_starts(text, STR("@cee:")))
		text = str_trim(str_from_offset(text, 5));
	return text.len && text.ptr[0] == '{' ? text : (struct str){0};
}

static bool read_object(struct parser *parser, struct event *event, struct str text, struct reading *r)
{
	if (!parse_json(parser, event, text, r))
		return false;
	r->look.format = FORMAT_JSON;
	r->look.values = parser->key_values;
	if (!r->shape)
		recognise_keys(&parser->set->recognisers, &r->look, parser->keys);
	return true;
}

static inline bool read_json(struct parser *parser, struct event *event, struct reading *r)
{
	const struct str text = json_text(r->text);

	return text.len && read_object(parser, event, text, r);
}

/* Finds out what kind of text it is, cheapest tests first. */
static void look_at(struct parser *parser, const struct parse_input *input, struct event *event,
		    struct reading *r)
{
	struct date_context date = {input->received, input->zone, &parser->days};

	r->look.message = r->text;
	if (read_json(parser, event, r))
		return;
	r->text = r->inside ? text_repair(event->arena, r->text)
			    : text_read(event->arena, r->text, &r->converted);
	if (r->json_offset && read_json(parser, event, r))
		return;
	r->look.message = r->text;
	if (is_xml(r->text)) {
		r->look.format = FORMAT_XML;
		return;
	}
	r->look.format = FORMAT_TEXT;
	if (!r->json_offset && syslog_parse(r->text, &date, &r->header) == 0) {
		r->look.format = FORMAT_SYSLOG;
		r->look.message = r->header.message;
		r->look.program = r->header.program;
	}
}

/* A step that fails ends the steps; what it found so far stays. */
static void run_steps(struct run *run)
{
	for (size_t i = 0; i < run->source->step_count; i++) {
		const struct step *step = &run->source->steps[i];
		int r;

		if (!step_may_apply(run, step))
			continue;
		r = step_run(run, step);
		if (r < 0 && !step->optional) {
			event_set_text(run->event, FIELD_ID_ERROR_MESSAGE,
				       arena_printf(run->event->arena, "%s: step %zu, %s: %s",
						    run->source->id.ptr, i + 1, step->kind->name,
						    err_text(r)));
			return;
		}
	}
}

/* What the source makes of what its steps found, and what they brought themselves. */
static void run_program(struct run *run)
{
	if (!run->plan)
		run->plan = outcomes_plan(run->parser->outcomes, run);
	if (run->plan) {
		run_plan(run);
		return;
	}
	run_block(run, run->source->program);
	for (unsigned i = 0; i < run->matched_count; i++)
		run_block(run, run->matched[i]);
}

static void run_source(struct run *run, const struct reading *r)
{
	if (++run->parser->stamp == 0) { /* wrapped: old stamps could look new */
		memset(run->parser->slots, 0,
		       (run->parser->set->slots_max + 1) * sizeof(*run->parser->slots));
		run->parser->stamp = 1;
	}
	memset(run->parser->filled, 0, (run->source->slot_count / 64 + 2) * sizeof(uint64_t));
	if (r->look.format == FORMAT_SYSLOG)
		run_header(run, &r->header);
	else if (r->look.format != FORMAT_JSON)
		event_set_text(run->event, FIELD_ID_MESSAGE, r->look.message);
	run_steps(run);
	run_program(run);
}

/* What the peer's last record was recognised by, at the same depth. */
static struct peer_memo *peer_memo(struct parser *parser, const struct parse_input *input,
				   const struct run *outer)
{
	uint64_t parts[2], peer;
	struct peer_memo *memo;

	memcpy(parts, input->peer, sizeof(parts));
	peer = (parts[0] ^ parts[1] * UINT64_C(0x9E3779B97F4A7C15)) + input->listener * 4u +
	       (outer ? outer->depth + 1 : 0);
	memo = &parser->peers[peer * UINT64_C(0xC2B2AE3D27D4EB4F) >> (64 - PEER_MEMO_BITS)];
	if (memo->peer != peer)
		*memo = (struct peer_memo){.peer = peer, .recogniser = RECOGNISER_NONE};
	return memo;
}

static bool run_text(struct parser *parser, const struct parse_input *input, struct event *event,
		     struct str text, struct str program, const struct run *outer);

/* The program whose message it is, where the source names one that has a value. */
static struct str inner_program(struct run *run)
{
	const struct operands *names = &run->source->inner_program;
	struct value program;

	for (size_t i = 0; i < names->count; i++)
		if (run_read(run, &names->items[i], &program, NULL) && program.len)
			return value_str(program);
	return (struct str){0};
}

/* What the source says lies inside, if anybody knows it. Where it is the text just parsed, found again as the
   message, that was all; unless it was only the message of a program, and may be a record as it stands. */
static void run_inner(struct run *run)
{
	struct value inner;

	if (run->source->has_inner && run->depth < INNER_MAX &&
	    run_read(run, &run->source->inner, &inner, NULL) && inner.len &&
	    (inner.text != run->raw.ptr || run->borrowed))
		run_text(run->parser, run->input, run->event, value_str(inner), inner_program(run), run);
}

static void note_encoding(struct event *event, const struct reading *r)
{
	const struct str key = STR("log.encoding");

	if (r->converted)
		event_add_attr(event, key, hash_str(key), value_string(STR("gb18030")), 0);
}

/* A record that nobody knows. */
static void note_unknown(struct event *event, const struct reading *r)
{
	event_set_text(event, FIELD_ID_MESSAGE, text_repair(event->arena, r->text));
	note_encoding(event, r);
	if (r->json_offset)
		event_set_text(event, FIELD_ID_ERROR_MESSAGE,
			       arena_printf(event->arena, "malformed JSON at byte %zu", r->json_offset));
}

/* Recognises text, the message of a program or, where that is empty, any record, and runs its source, then
   what is inside. outer is the run it was inside of, NULL for the record. False: nobody knows it. */
static bool run_text(struct parser *parser, const struct parse_input *input, struct event *event,
		     struct str text, struct str program, const struct run *outer)
{
	const struct block *matched[MATCHED_MAX];
	struct run run = {.parser = parser, .input = input, .event = event, .matched = matched};
	struct reading r;

	r.text = text; /* not its header, which is large and mostly not there */
	r.look = (struct look){0};
	r.look.hint = outer ? (struct str){0} : input->hint;
	r.json_offset = 0;
	r.inside = outer != NULL;
	r.converted = false;
	r.shape = NULL;
	if (program.len)
		look_at_message(event->arena, program, &r);
	else
		look_at(parser, input, event, &r);
	run.source = r.shape ? r.shape->source
			     : recognise(&parser->set->recognisers, &r.look, parser->regex,
					 peer_memo(parser, input, outer), &run.searched);
	if (!run.source) {
		if (!outer)
			note_unknown(event, &r);
		return false;
	}
	run.searched_text = r.look.message;
	run.depth = outer ? outer->depth + 1 : 0;
	run.own_sigma = outer ? outer->own_sigma : 0;
	run.raw = run.text = r.text;
	run.json = r.look.json;
	run.shape = r.shape;
	run.look = &r.look;
	if (run.json && !r.shapeless && shapes_want(parser->shapes))
		run.index = &r.index;
	run.borrowed = program.len > 0;
	run.date = (struct date_context){
		input->received, run.source->has_zone ? run.source->zone : input->zone, &parser->days};
	parser->source = run.source;
	event->source = run.source->id;
	event->generic = run.source->generic;
	if (run.source->has_zone && r.look.format == FORMAT_SYSLOG && !run.borrowed)
		must(syslog_parse(r.text, &run.date, &r.header) == 0); /* it was one a moment ago */
	run_source(&run, &r);
	note_encoding(event, &r);
	run_inner(&run);
	return true;
}

static bool is_zero(const uint8_t ip[16])
{
	uint64_t halves[2];

	memcpy(halves, ip, sizeof(halves));
	return !(halves[0] | halves[1]);
}

/* The bytes without a byte order mark and line ends. */
static struct str trim_record(struct str text)
{
	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_from_offset(text, 3);
	while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
		text.len--;
	return text;
}

/* Room for as many fields as sources usually fill, instead of by doubling. */
static void reserve_fields(struct event *event)
{
	if (event->field_capacity)
		return;
	event->field_capacity = FIELDS_USUAL;
	event->fields = arena_array(event->arena, struct field, FIELDS_USUAL);
}

/* Senders send many records. */
static void set_observer(struct parser *parser, const uint8_t peer[16], struct event *event)
{
	struct value text;

	if (!parser->observer_text.len ||
	    !str_bytes_eq((const char *)parser->observer, (const char *)peer, sizeof(parser->observer))) {
		memcpy(parser->observer, peer, sizeof(parser->observer));
		ip_format(peer, parser->observer_buffer);
		parser->observer_text = str_from(parser->observer_buffer);
	}
	text = value_string(arena_copy(event->arena, parser->observer_text));
	memcpy(event_set_keyword(event, FIELD_ID_OBSERVER_IP, &text)->ip, peer, sizeof(parser->observer));
}

void parser_run(struct parser *parser, const struct parse_input *input, struct event *event)
{
	struct str text = trim_record(input->bytes);

	event->seq = input->seq;
	event->received = input->received;
	event->listener = input->listener;
	memcpy(event->peer, input->peer, sizeof(event->peer));
	reserve_fields(event);
	event->raw = input->bytes;
	if (!run_text(parser, input, event, text, (struct str){0}, NULL)) {
		event_set_constant(event, &parser->kind_unparsed);
	} else {
		if (!event_get(event, FIELD_ID_EVENT_KIND))
			event_set_constant(event, &parser->kind_event);
		event_set_constant(event, &parser->source->dataset);
	}
	if (!event_get(event, FIELD_ID_TIMESTAMP))
		event_set_integer(event, FIELD_ID_TIMESTAMP, input->received);
	if (!is_zero(input->peer))
		set_observer(parser, input->peer, event);
}
