/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/directory_link.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "ipc/message.h"

#define COUNT_AT 8 /* bytes before the number of people */
#define PERSON_BYTES_MIN (6 * 4)

void directory_link_begin(struct buf *message, const struct directory_options *options)
{
	buf_clear(message);
	message_put_u32(message, options->missing);
	message_put_u32(message, options->add_units);
	message_put_u32(message, 0);
}

void directory_link_add(struct buf *message, const struct directory_person *person)
{
	message_put_str(message, person->key);
	message_put_str(message, person->number);
	message_put_str(message, person->name);
	message_put_str(message, person->phone);
	message_put_str(message, person->mail);
	message_put_str(message, person->unit);
}

void directory_link_end(struct buf *message, size_t count)
{
	for (int i = 0; i < 4; i++)
		message->ptr[COUNT_AT + i] = (char)(count >> 8 * i);
}

/* A text as the register takes it: of one line, in UTF-8; what is not that is left out. */
static struct str get_text(struct message_reader *reader)
{
	struct str text = str_trim(message_get_str(reader));

	if (text.len > DIRECTORY_TEXT_MAX || !str_is_utf8(text))
		return (struct str){0};
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
			return (struct str){0};
	return text;
}

static int read_people(struct message_reader *reader, struct directory_person *people, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		people[i].key = get_text(reader);
		people[i].number = get_text(reader);
		people[i].name = get_text(reader);
		people[i].phone = get_text(reader);
		people[i].mail = get_text(reader);
		people[i].unit = get_text(reader);
	}
	return message_complete(reader) ? 0 : ERR_PROTOCOL;
}

static void say(const struct directory_summary *summary)
{
	if (summary->added || summary->changed || summary->closed || summary->units)
		log_info("the directory: %zu people, %zu new, %zu changed, %zu closed, %zu units new",
			 summary->people, summary->added, summary->changed, summary->closed, summary->units);
	if (summary->failed)
		log_warning("the directory: %zu people cannot be taken; the first: %s", summary->failed,
			    summary->message);
	if (summary->stopped)
		log_warning("the directory lacks more than a fifth of its people: nobody is closed; check "
			    "the search "
			    "base, the filter and the rights of the account that searches");
}

int directory_link_receive(struct db *db, struct str payload, struct err *ret_err)
{
	struct message_reader reader = {payload, false};
	struct directory_options options = {.now = clock_now()};
	struct directory_summary summary = {0};
	struct directory_person *people;
	size_t count;
	int r;

	options.missing = message_get_u32(&reader);
	options.add_units = message_get_u32(&reader) != 0;
	count = message_get_u32(&reader);
	if (reader.bad || count > DIRECTORY_PEOPLE_MAX || count > reader.rest.len / PERSON_BYTES_MIN)
		return ERR_PROTOCOL;
	people = calloc(count + 1, sizeof(*people));
	must(people);
	r = read_people(&reader, people, count);
	if (r == 0) {
		r = directory_merge(db, people, count, &options, &summary, ret_err);
		if (r == 0)
			say(&summary);
	}
	free(people);
	return r;
}
