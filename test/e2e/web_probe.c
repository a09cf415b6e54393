/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console's server alone, for tests from outside: web_probe DATA [UI [STORE_URL JOURNAL]].
 * Prints "port password fingerprint" and serves until its standard input ends.
 * Puts a few alerts into an empty database, and where a store and a journal are
 * named a few events into them.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "cases/alert.h"
#include "event/block.h"
#include "http/server.h"
#include "journal/journal.h"
#include "access/user.h"
#include "store/client.h"
#include "web/web.h"

static void add_alerts(struct db *db)
{
	static const struct str tags[] = {STR("attack.credential-access"), STR("attack.t1110.001")};
	struct alert_rule rule = {.hash = STR("h1"),
				  .id = STR("rule-1"),
				  .title = STR("SSH password guessing"),
				  .title_zh = STR("SSH 口令猜测"),
				  .yaml = STR("title: SSH password guessing\n"),
				  .level = ALERT_HIGH};
	char id[33];

	alerts_add_rules(db, &rule, 1, clock_now());
	for (unsigned i = 0; i < 3; i++) {
		struct alert alert = {.id = STR("00000000000000000000000000000000"),
				      .time = clock_now() - i * CLOCK_MINUTE,
				      .level = ALERT_HIGH,
				      .rule_id = rule.id,
				      .rule_title = rule.title,
				      .rule_title_zh = rule.title_zh,
				      .rule_hash = rule.hash,
				      .tags = tags,
				      .tag_count = 2,
				      .event_seq = 1 + i,
				      .source = STR("openssh"),
				      .host = STR("gw1.example"),
				      .user = STR("root"),
				      .source_ip = STR("203.0.113.7"),
				      .why = STR("{\"selection\":{}}"),
				      .event = STR("{\"seq\":\"1\",\"fields\":{\"source.ip\":\"203.0.113.7\","
						   "\"user.name\":\"root\"},\"attributes\":[]}")};

		snprintf(id, sizeof(id), "%032x", i + 1);
		alert.id = str_from(id);
		alerts_add(db, &alert, 1);
	}
}

#define EVENTS 5

static int append_records(const char *folder, struct journal_record records[EVENTS])
{
	static const struct str raw = STR("<38>sshd[7]: Failed password for root from 203.0.113.7\xff");
	struct journal *journal;
	int r = journal_open(folder, NULL, NULL, NULL, &journal, NULL);

	if (r < 0)
		return r;
	for (int i = 0; i < EVENTS; i++)
		records[i] = (struct journal_record){
			.received = clock_now(), .bytes = raw, .flags = JOURNAL_DRILL};
	r = journal_append(journal, records, EVENTS);
	journal_close(journal);
	return r;
}

/* The first record stays out of the store: it was "just received". */
static int add_events(const char *url, const char *folder)
{
	struct store_options options = {.url = url};
	struct journal_record records[EVENTS];
	struct arena *arena = arena_new(0);
	struct block *block = block_new();
	struct store_client *client;
	struct buf names = {0}, bytes = {0};
	struct err err = {0};
	struct event event;
	int r = append_records(folder, records);

	for (int i = 1; i < EVENTS && r == 0; i++) {
		event_init(&event, arena);
		event.seq = records[i].seq;
		event.received = records[i].received;
		event_set_integer(&event, FIELD_ID_TIMESTAMP, clock_now() - i / 2 * CLOCK_MINUTE);
		event_set_text(&event, FIELD_ID_EVENT_DATASET, STR("openssh"));
		event_set_text(&event, FIELD_ID_EVENT_KIND, i == 1 ? STR("unparsed") : STR("event"));
		event_set_text(&event, FIELD_ID_SOURCE_IP, STR("203.0.113.7"));
		event_set_text(&event, FIELD_ID_SOURCE_PORT, STR("4022"));
		event_set_text(&event, FIELD_ID_MESSAGE, STR("Failed password \"quoted\""));
		event_add_attr(&event, STR("method"), hash_str(STR("method")), value_string(STR("publickey")),
			       0);
		block_add(block, &event);
	}
	block_names(block, &names);
	block_encode(block, &bytes);
	if (r == 0)
		r = store_client_open(&options, &client, &err);
	if (r == 0)
		r = store_prepare(client, &err);
	if (r == 0)
		r = store_insert(client, STR("events"), buf_str(&names), STR("probe"), buf_str(&bytes), &err);
	if (r < 0)
		fprintf(stderr, "%s %s\n", err_text(r), err.message);
	store_client_close(client);
	buf_done(&names);
	buf_done(&bytes);
	block_free(block);
	arena_free(arena);
	return r;
}

static int port_of(int fd)
{
	struct sockaddr_in address;
	socklen_t len = sizeof(address);

	return getsockname(fd, (struct sockaddr *)&address, &len) == 0 ? ntohs(address.sin_port) : -1;
}

int main(int argc, char **argv)
{
	struct web_options options = {.data = argv[1], .version = "test", .listen_count = 1};
	char password[PASSWORD_GENERATED_SIZE] = "-", byte;
	struct web *web;
	struct err err = {0};
	int fd, port, r;

	if (argc < 2)
		return 2;
	options.ui = argc > 2 ? argv[2] : NULL;
	options.store_url = argc > 3 ? argv[3] : NULL;
	options.journal = argc > 4 ? argv[4] : NULL;
	r = web_open_database(argv[1], &options.db, &err);
	if (r == 0)
		r = user_add_first(options.db, clock_now(), password, &err);
	if (r >= 0)
		add_alerts(options.db);
	if (r >= 0 && argc > 4)
		r = add_events(argv[3], argv[4]);
	fd = r < 0 ? r : http_listen("127.0.0.1:0", &err);
	port = fd < 0 ? fd : port_of(fd);
	options.listen_fds = &fd;
	r = fd < 0 ? fd : web_start(&options, &web, &err);
	if (r < 0) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	printf("%d %s %s\n", port, password, web_fingerprint(web));
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	web_stop(web);
	db_close(options.db);
	return 0;
}
