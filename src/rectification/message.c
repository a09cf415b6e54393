/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "notify/mail.h"
#include "notify/outbox.h"
#include "rectification/private.h"

#define KIND STR("rectification")

/* --- who ------------------------------------------------------------------------------------------------ */

struct finding {
	struct people *people;
	unsigned duties, above;
};

static bool is_there(const struct people *people, int64_t person)
{
	for (size_t i = 0; i < people->count; i++)
		if (people->items[i].person == person)
			return true;
	return false;
}

static void add_person(struct people *people, const struct responsible *from)
{
	if (is_there(people, from->person) || people->count == RESPONSIBLES_MAX)
		return;
	people->items[people->count++] = (struct person){
		.person = from->person,
		.name = arena_copy(people->arena, from->name),
		.phone = arena_copy(people->arena, from->phone),
		.mail = arena_copy(people->arena, from->mail),
		.unit_name = arena_copy(people->arena, from->unit_name),
		.duty = from->duty,
		.distance = from->distance,
	};
}

/* The register gives the nearest first. Of the chain above those are told who are asked for: with above 0 the
   unit itself, or, where it names nobody, the first one above that does. */
static int find_people(void *context, const struct owner *owner)
{
	const struct finding *finding = context;
	unsigned low = finding->above ? 1 : 0, high = finding->above;
	bool any = false;

	for (size_t i = 0; i < owner->count; i++) {
		const struct responsible *person = &owner->responsibles[i];

		if (!(finding->duties >> person->duty & 1))
			continue;
		if (!any && !finding->above)
			high = person->distance;
		any = true;
		if (person->distance >= low && person->distance <= high)
			add_person(finding->people, person);
	}
	return 0;
}

int people_find(struct db_tx *tx, int64_t unit, unsigned duties, unsigned above, int64_t now,
		struct people *people)
{
	struct finding finding = {people, duties, above};
	int r = owner_of_unit(tx, unit, now, find_people, &finding);

	return r == ERR_END ? 0 : r; /* the unit is no more: nobody */
}

static int find_told(struct db_tx *tx, int64_t id, struct people *people)
{
	struct db_rows *rows =
		db_query(tx,
			 "SELECT person, name, phone, mail, unit_name, duty, distance FROM"
			 " rectification_people WHERE rectification = ?1 AND distance = 0 ORDER BY person",
			 DB_ARGS(db_integer(id)));
	int r;

	while ((r = db_next(rows)) > 0) {
		const struct responsible person = {
			.person = db_column_integer(rows, 0),
			.name = db_column_text(rows, 1),
			.phone = db_column_text(rows, 2),
			.mail = db_column_text(rows, 3),
			.unit_name = db_column_text(rows, 4),
			.duty = (enum duty)db_column_integer(rows, 5),
			.distance = (unsigned)db_column_integer(rows, 6),
		};

		add_person(people, &person);
	}
	return r;
}

static int note_told(struct db_tx *tx, int64_t id, const struct person *person, int64_t now)
{
	static const char sql[] =
		"INSERT INTO rectification_people VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
		" ON CONFLICT DO UPDATE SET name = ?3, phone = ?4, mail = ?5, unit_name = ?6, duty = ?7,"
		" distance = ?8, told = ?9";
	int r = db_run(tx, sql,
		       DB_ARGS(db_integer(id), db_integer(person->person), db_text(person->name),
			       db_text(person->phone), db_text(person->mail), db_text(person->unit_name),
			       db_integer(person->duty), db_integer(person->distance), db_integer(now)));

	return r < 0 ? r : 0;
}

/* --- what ----------------------------------------------------------------------------------------------- */

struct words {
	struct buf subject, text;
	char link[256 + LINK_TOKEN_SIZE];
};

static void fill(const struct sending *sending, struct str name, struct words *words)
{
	const struct rectification_office *office = sending->office;
	const struct rectification *about = sending->rectification;
	char deadline[LOCAL_TEXT_SIZE], days[24];
	int64_t late = sending->now - about->deadline;
	struct str values[POLICY_FIELD_COUNT] = {
		[POLICY_NUMBER] = about->number,          [POLICY_TITLE] = about->title,
		[POLICY_UNIT] = about->unit_name,         [POLICY_NAME] = name,
		[POLICY_OFFICE] = office->policy->office, [POLICY_CONTACT] = about->contact,
		[POLICY_COMMENT] = sending->comment,      [POLICY_INCIDENT] = about->incident_number,
	};

	local_time(office->zone, about->deadline, deadline);
	snprintf(days, sizeof(days), "%" PRId64, late > 0 ? (late + CLOCK_HOUR) / CLOCK_DAY : 0);
	values[POLICY_DEADLINE] = str_from(deadline);
	values[POLICY_DAYS] = str_from(days);
	buf_clear(&words->subject);
	buf_clear(&words->text);
	policy_fill(sending->message->subject, values, &words->subject);
	policy_fill(sending->message->text, values, &words->text);
}

/* At most so many characters. */
static struct str first_characters(struct str text, size_t max)
{
	size_t i = 0;

	for (size_t n = 0; i < text.len; i++)
		if (((unsigned char)text.ptr[i] & 0xc0) != 0x80 && n++ == max)
			break;
	return str_head(text, i);
}

static int make_link(struct db_tx *tx, const struct sending *sending, const struct person *person,
		     struct words *words)
{
	const struct rectification_office *office = sending->office;
	int64_t deadline = sending->rectification->deadline;
	int64_t from = deadline > sending->now ? deadline : sending->now;
	char token[LINK_TOKEN_SIZE];
	int r;

	words->link[0] = 0;
	if (!sending->links || !office->url[0] || person->distance > 0 || strlen(office->url) > 200)
		return 0;
	r = link_make(tx, sending->rectification->id, person->person, from + office->policy->link_kept,
		      sending->now, token);
	if (r == 0)
		snprintf(words->link, sizeof(words->link), "%s" LINK_PATH "%s", office->url, token);
	explicit_bzero(token, sizeof(token));
	return r;
}

static int add(struct db_tx *tx, const struct sending *sending, const char *channel, struct str to,
	       struct str receiver, const struct words *words)
{
	struct buf key = {0};
	struct outbox_message message = {
		.channel = str_from(channel),
		.kind = KIND,
		.to = to,
		.subject = first_characters(buf_str(&words->subject), OUTBOX_SUBJECT_MAX),
		.text = str_head(buf_str(&words->text),
				 str_utf8_len(str_head(buf_str(&words->text), OUTBOX_TEXT_MAX))),
		.link = str_from(words->link),
	};
	int r;

	if (channel[0] && sending->file.len) {
		message.file_name = sending->file_name;
		message.file_type = STR("application/pdf");
		message.file = sending->file;
	}
	buf_printf(&key, "rectification/%" PRId64 "/%.*s/%.*s", sending->rectification->id,
		   STR_FMT(sending->key), STR_FMT(receiver));
	message.key = buf_str(&key);
	r = outbox_add(tx, &message, sending->now);
	buf_done(&key);
	return r < 0 ? r : 0;
}

/* A person without a mail address is noted all the same: somebody has to call. */
static int send_one(struct db_tx *tx, const struct sending *sending, const struct person *person,
		    struct words *words)
{
	char receiver[24];
	int r = note_told(tx, sending->rectification->id, person, sending->now);

	if (r < 0 || !mail_address_valid(person->mail))
		return r;
	snprintf(receiver, sizeof(receiver), "%" PRId64, person->person);
	fill(sending, person->name, words);
	r = make_link(tx, sending, person, words);
	if (r == 0)
		r = add(tx, sending, "mail", person->mail, str_from(receiver), words);
	return r < 0 ? r : 1;
}

static void forget(struct words *words)
{
	explicit_bzero(words->link, sizeof(words->link));
	buf_done(&words->subject);
	buf_done(&words->text);
}

int message_send(struct db_tx *tx, const struct sending *sending, const struct people *people)
{
	struct words words = {0};
	int count = 0, r = 0;

	for (size_t i = 0; i < people->count && r >= 0; i++) {
		r = send_one(tx, sending, &people->items[i], &words);
		count += r > 0;
	}
	forget(&words);
	return r < 0 ? r : count;
}

int message_send_told(struct db_tx *tx, const struct sending *sending)
{
	struct people people = {.arena = arena_new(0)};
	int r = find_told(tx, sending->rectification->id, &people);

	if (r == 0)
		r = message_send(tx, sending, &people);
	arena_free(people.arena);
	return r;
}

int message_send_channels(struct db_tx *tx, const struct sending *sending)
{
	struct words words = {0};
	int r;

	fill(sending, STR(""), &words);
	r = add(tx, sending, "", (struct str){0}, STR("channels"), &words);
	forget(&words);
	return r;
}
