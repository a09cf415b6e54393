/* SPDX-License-Identifier: Apache-2.0 */
/* A notification from its draft to its acceptance: the table of states, links, reports, evidence. */
#include <unistd.h>

#include "helper.h"

/* The link of the liaison, whose message is the first. */
static struct link link_of(int64_t id, int64_t now, char token[LINK_TOKEN_SIZE])
{
	struct link link = {0};
	struct db_tx *tx = begin();
	int64_t person;

	assert_int_equal(db_get_integer(tx,
					"SELECT person FROM rectification_people WHERE rectification = ?1"
					" AND name = '联络员'",
					DB_ARGS(db_integer(id)), &person),
			 1);
	assert_int_equal(link_make(tx, id, person, now + 90 * CLOCK_DAY, now, token), 0);
	assert_int_equal(link_find(tx, str_from(token), now, &link), 0);
	assert_int_equal(db_end(tx, 0), 0);
	return link;
}

static int answer(int64_t id, enum rectification_action action, int64_t until, int64_t now)
{
	const struct rectification_answer said = {
		id, RECTIFICATION_ANY_VERSION, action, STR("请补充日志"), STR("li"), until, now};
	struct db_tx *tx = begin();

	return db_end(tx, rectification_answer(tx, &office, &said));
}

static int report(const struct link *link, bool submit, int64_t now)
{
	const struct link_report text = {STR("弱口令"), STR("改密"), STR("已修复"), submit};
	struct db_tx *tx = begin();

	return db_end(tx, link_report(tx, link, RECTIFICATION_ANY_VERSION, &text, now));
}

static void test_draft(void **state)
{
	struct rectification row = get(make(MONDAY));

	(void)state;
	assert_int_equal(row.state, RECTIFICATION_DRAFT);
	assert_int_equal(row.number.len, 0);
	assert_memory_equal(row.unit_name.ptr, "文学院", row.unit_name.len);
	assert_true(row.facts.len && row.requirements.len && row.contact.len);
	/* five working days behind Monday 09:00: the next Monday, 17:30 */
	assert_int_equal(row.deadline, MONDAY + 7 * CLOCK_DAY + 8 * CLOCK_HOUR + 30 * CLOCK_MINUTE);
}

static void test_send(void **state)
{
	int64_t id = make_sent(MONDAY);
	struct rectification row = get(id);
	struct mails sent = mails(MONDAY);

	(void)state;
	assert_string_equal(row.number.ptr, "网信通〔2026〕1号");
	assert_int_equal(row.state, RECTIFICATION_SENT);
	assert_int_equal(sent.count, 4);
	assert_non_null(strstr(sent.text, "mail:liaison@example.org 【网络安全整改通知】网信通〔2026〕1号"));
	assert_non_null(strstr(sent.text, "mail:head@example.org"));
	assert_non_null(strstr(sent.text, "mail:deputy@example.org"));
	assert_null(strstr(sent.text, "president"));
	assert_string_equal(get(make_sent(MONDAY)).number.ptr, "网信通〔2026〕2号");
	/* not twice */
	assert_int_equal(
		rectification_send(db, &office, id, RECTIFICATION_ANY_VERSION, false, STR("li"), MONDAY),
		ERR_DENIED);
	assert_int_equal(mails(MONDAY).count, 4);
}

static int see_status(void *context, const struct incident *row)
{
	*(enum incident_status *)context = row->status;
	return 0;
}

static void test_incident_follows(void **state)
{
	enum incident_status status;
	int64_t lines, id = make_sent(MONDAY);
	struct db_tx *tx = begin();

	(void)state;
	assert_int_equal(incident_get(tx, incident, see_status, &status), 0);
	assert_int_equal(status, INCIDENT_RECTIFICATION);
	assert_int_equal(db_get_integer(tx,
					"SELECT count(*) FROM incident_timeline WHERE incident = ?1"
					" AND kind = 'notification'",
					DB_ARGS(db_integer(incident)), &lines),
			 1);
	assert_int_equal(lines, 2); /* drafted, sent */
	assert_int_equal(db_end(tx, 0), 0);
	(void)id;
}

/* Nobody of the unit and nobody above has a duty of those that are told. */
static void test_nobody_to_write_to(void **state)
{
	int64_t id;

	(void)state;
	faculty = university;
	id = make(MONDAY);
	assert_int_equal(
		rectification_send(db, &office, id, RECTIFICATION_ANY_VERSION, false, STR("li"), MONDAY),
		ERR_UNKNOWN);
	assert_int_equal(get(id).state, RECTIFICATION_DRAFT);
	assert_int_equal(
		rectification_send(db, &office, id, RECTIFICATION_ANY_VERSION, true, STR("li"), MONDAY), 0);
	assert_string_equal(get(id).number.ptr, "网信通〔2026〕1号"); /* the number of the first try */
	assert_int_equal(mails(MONDAY).count, 1);                     /* the channels' */
}

/* Each action in each state, as the table says. */
static void test_table(void **state)
{
	static const struct {
		enum rectification_action action;
		unsigned from;
	} want[] = {
		{RECTIFICATION_DOES_SEND, 1 << 0},
		{RECTIFICATION_DOES_CONFIRM, 1 << 1},
		{RECTIFICATION_DOES_REPORT, 1 << 1 | 1 << 2 | 1 << 4},
		{RECTIFICATION_DOES_RETURN, 1 << 3},
		{RECTIFICATION_DOES_ACCEPT, 1 << 3},
		{RECTIFICATION_DOES_ASK, 1 << 1 | 1 << 2 | 1 << 4},
		{RECTIFICATION_DOES_WITHDRAW, 1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4},
		{RECTIFICATION_DOES_ATTACH, 1 << 1 | 1 << 2 | 1 << 4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		for (int s = 0; s < RECTIFICATION_STATE_COUNT; s++)
			assert_int_equal(rectification_may(want[i].action, (enum rectification_state)s),
					 want[i].from >> s & 1);
}

static void test_whole_way(void **state)
{
	int64_t id = make_sent(MONDAY), now = MONDAY + CLOCK_HOUR;
	char token[LINK_TOKEN_SIZE];
	struct link link = link_of(id, MONDAY, token);
	struct db_tx *tx;

	(void)state;
	mails(now);
	tx = begin();
	assert_int_equal(db_end(tx, link_confirm(tx, &link, RECTIFICATION_ANY_VERSION, now)), 0);
	assert_int_equal(get(id).state, RECTIFICATION_CONFIRMED);
	tx = begin();
	assert_int_equal(db_end(tx, link_confirm(tx, &link, RECTIFICATION_ANY_VERSION, now)), ERR_DENIED);
	assert_int_equal(report(&link, false, now), 0);
	assert_int_equal(get(id).state, RECTIFICATION_CONFIRMED);
	assert_int_equal(report(&link, true, now), 0);
	assert_int_equal(report(&link, true, now), ERR_DENIED);
	assert_string_equal(get(id).reported_by.ptr, "联络员");
	assert_int_equal(answer(id, RECTIFICATION_DOES_RETURN, 0, now), 0);
	assert_int_equal(get(id).state, RECTIFICATION_RETURNED);
	assert_string_equal(get(id).answer.ptr, "请补充日志");
	assert_int_equal(mails(now).count, 3); /* to those who were told */
	assert_int_equal(report(&link, true, now), 0);
	assert_int_equal(answer(id, RECTIFICATION_DOES_ACCEPT, 0, now), 0);
	assert_int_equal(get(id).state, RECTIFICATION_ACCEPTED);
	assert_int_equal(answer(id, RECTIFICATION_DOES_WITHDRAW, 0, now), ERR_DENIED);
	assert_int_equal(report(&link, false, now), ERR_DENIED);
}

static void test_submitting_needs_all_parts(void **state)
{
	int64_t id = make_sent(MONDAY);
	char token[LINK_TOKEN_SIZE];
	struct link link = link_of(id, MONDAY, token);
	const struct link_report text = {STR("弱口令"), STR(" "), STR("已修复"), true};
	struct db_tx *tx = begin();

	(void)state;
	assert_int_equal(db_end(tx, link_report(tx, &link, RECTIFICATION_ANY_VERSION, &text, MONDAY)),
			 ERR_RANGE);
	assert_int_equal(get(id).state, RECTIFICATION_SENT);
}

static void test_versions(void **state)
{
	int64_t id = make_sent(MONDAY), version = get(id).version;
	char token[LINK_TOKEN_SIZE];
	struct link link = link_of(id, MONDAY, token);
	struct db_tx *tx = begin();

	(void)state;
	assert_int_equal(db_end(tx, link_confirm(tx, &link, version - 1, MONDAY)), ERR_BUSY);
	tx = begin();
	assert_int_equal(db_end(tx, link_confirm(tx, &link, version, MONDAY)), 0);
	assert_int_equal(get(id).version, version + 1);
}

static void test_links(void **state)
{
	int64_t id = make_sent(MONDAY), other = make_sent(MONDAY), count;
	char token[LINK_TOKEN_SIZE], again[LINK_TOKEN_SIZE], text[40];
	struct link link = link_of(id, MONDAY, token);
	struct db_tx *tx;

	(void)state;
	assert_int_equal(link.rectification, id);
	tx = begin();
	/* nothing that was stored is the secret */
	snprintf(text, sizeof(text), "%.32s", token);
	assert_int_equal(
		db_get_integer(tx, "SELECT count(*) FROM rectification_links WHERE hex(hash) LIKE ?1 || '%'",
			       DB_ARGS(db_text(str_from(text))), &count),
		1);
	assert_int_equal(count, 0);
	assert_int_equal(link_find(tx, STR("0000"), MONDAY, &link), ERR_DENIED);
	token[0] ^= 1;
	assert_int_equal(link_find(tx, str_from(token), MONDAY, &link), ERR_DENIED);
	token[0] ^= 1;
	assert_int_equal(link_find(tx, str_from(token), MONDAY + 91 * CLOCK_DAY, &link), ERR_DENIED);
	assert_int_equal(db_end(tx, 0), 0);
	link_of(other, MONDAY, again);
	tx = begin();
	assert_int_equal(rectification_revoke(tx, id, link.person, STR("li"), MONDAY), 0);
	assert_int_equal(link_find(tx, str_from(token), MONDAY, &link), ERR_DENIED);
	assert_int_equal(link_find(tx, str_from(again), MONDAY, &link), 0);
	assert_int_equal(link.rectification, other);
	assert_int_equal(db_end(tx, 0), 0);
}

static void test_changes_of_a_link_are_counted(void **state)
{
	int64_t id = make_sent(MONDAY);
	char token[LINK_TOKEN_SIZE];
	struct link link = link_of(id, MONDAY, token);

	(void)state;
	for (int i = 0; i < LINK_CHANGES_PER_HOUR; i++)
		assert_int_equal(report(&link, false, MONDAY), 0);
	assert_int_equal(report(&link, false, MONDAY), ERR_LIMIT);
	assert_int_equal(report(&link, false, MONDAY + CLOCK_HOUR), 0);
}

static int ask(const struct link *link, int64_t until, int64_t now)
{
	struct db_tx *tx = begin();

	return db_end(tx, link_ask(tx, link, RECTIFICATION_ANY_VERSION, until, STR("等待厂商"), now));
}

static void test_more_time(void **state)
{
	int64_t id = make_sent(MONDAY), deadline = get(id).deadline;
	char token[LINK_TOKEN_SIZE];
	struct link link = link_of(id, MONDAY, token);

	(void)state;
	assert_int_equal(answer(id, RECTIFICATION_DOES_EXTEND, 0, MONDAY), ERR_DENIED); /* nobody asked */
	assert_int_equal(ask(&link, deadline, MONDAY), ERR_RANGE);
	assert_int_equal(ask(&link, deadline + CLOCK_DAY, MONDAY), 0);
	assert_int_equal(get(id).extension, EXTENSION_ASKED);
	assert_int_equal(answer(id, RECTIFICATION_DOES_REFUSE, 0, MONDAY), 0);
	assert_int_equal(get(id).deadline, deadline);
	assert_int_equal(answer(id, RECTIFICATION_DOES_REFUSE, 0, MONDAY), ERR_DENIED);
	assert_int_equal(ask(&link, deadline + 2 * CLOCK_DAY, MONDAY), 0);
	assert_int_equal(answer(id, RECTIFICATION_DOES_EXTEND, 0, MONDAY), 0);
	assert_int_equal(get(id).deadline, deadline + 2 * CLOCK_DAY);
	assert_int_equal(get(id).extension, EXTENSION_GRANTED);
}

static void test_withdrawn_cancels_what_waits(void **state)
{
	int64_t id = make_sent(MONDAY);
	struct mails left;

	(void)state;
	assert_int_equal(answer(id, RECTIFICATION_DOES_WITHDRAW, 0, MONDAY), 0);
	left = mails(MONDAY);
	assert_int_equal(left.count, 3); /* that it was withdrawn, without links */
	assert_non_null(strstr(left.text, "【撤回】"));
	assert_null(strstr(left.text, "整改通知】"));
	assert_string_equal(left.link, "");
}

struct seen_file {
	int count;
	char sha256[SHA256_HEX_SIZE], name[64];
};

static int see_file(void *context, const struct reply_file *evidence)
{
	struct seen_file *seen = context;

	seen->count++;
	snprintf(seen->sha256, sizeof(seen->sha256), "%s", evidence->sha256);
	snprintf(seen->name, sizeof(seen->name), "%.*s", STR_FMT(evidence->name));
	return 0;
}

static void test_evidence(void **state)
{
	int64_t id = make_sent(MONDAY), other = make_sent(MONDAY), file = 0, again = 0;
	char token[LINK_TOKEN_SIZE], path[300];
	struct link link = link_of(id, MONDAY, token);
	struct seen_file seen = {0};
	struct buf bytes = {0};
	struct db_tx *tx;

	(void)state;
	assert_int_equal(
		reply_file_add(db, &office, &link, STR("../../etc/a.PDF"), STR("%PDF-1.7"), MONDAY, &file),
		0);
	assert_int_equal(reply_file_add(db, &office, &link, STR("a.PDF"), STR("%PDF-1.7"), MONDAY, &again),
			 0);
	assert_int_equal(file, again);
	assert_int_equal(reply_file_add(db, &office, &link, STR("a.exe"), STR("MZ"), MONDAY, &again),
			 ERR_UNKNOWN);
	assert_int_equal(reply_file_add(db, &office, &link, STR(".pdf"), STR("MZ"), MONDAY, &again),
			 ERR_UNKNOWN);
	assert_int_equal(reply_file_add(db, &office, &link, STR("b.pdf"), STR(""), MONDAY, &again),
			 ERR_LIMIT);
	tx = begin();
	assert_int_equal(reply_file_read(tx, &office, id, file, see_file, &seen, &bytes), 0);
	assert_string_equal(seen.name, "a.PDF");
	assert_int_equal(bytes.len, 8);
	assert_int_equal(reply_file_read(tx, &office, other, file, see_file, &seen, &bytes), ERR_END);
	assert_int_equal(db_end(tx, 0), 0);
	/* what was changed behind our back is told */
	snprintf(path, sizeof(path), "%s/%.2s/%s", files, seen.sha256, seen.sha256 + 2);
	assert_int_equal(truncate(path, 3), 0);
	tx = begin();
	assert_int_equal(reply_file_read(tx, &office, id, file, see_file, &seen, &bytes), ERR_CORRUPT);
	assert_int_equal(reply_file_remove(tx, &link, file, MONDAY), 0);
	assert_int_equal(reply_file_remove(tx, &link, file, MONDAY), ERR_END);
	assert_int_equal(db_end(tx, 0), 0);
	buf_done(&bytes);
}

static void test_evidence_is_limited(void **state)
{
	int64_t id = make_sent(MONDAY), file;
	char token[LINK_TOKEN_SIZE], name[32];
	struct link link = link_of(id, MONDAY, token);

	(void)state;
	for (int i = 0; i < REPLY_FILES_MAX; i++) {
		snprintf(name, sizeof(name), "%d.txt", i);
		assert_int_equal(
			reply_file_add(db, &office, &link, str_from(name), str_from(name), MONDAY, &file), 0);
	}
	assert_int_equal(reply_file_add(db, &office, &link, STR("x.txt"), STR("x"), MONDAY, &file),
			 ERR_LIMIT);
	assert_int_equal(answer(id, RECTIFICATION_DOES_WITHDRAW, 0, MONDAY), 0);
	assert_int_equal(reply_file_add(db, &office, &link, STR("0.log"), STR("x"), MONDAY, &file),
			 ERR_DENIED);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_draft),
		CASE(test_send),
		CASE(test_incident_follows),
		CASE(test_nobody_to_write_to),
		cmocka_unit_test(test_table),
		CASE(test_whole_way),
		CASE(test_submitting_needs_all_parts),
		CASE(test_versions),
		CASE(test_links),
		CASE(test_changes_of_a_link_are_counted),
		CASE(test_more_time),
		CASE(test_withdrawn_cancels_what_waits),
		CASE(test_evidence),
		CASE(test_evidence_is_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
