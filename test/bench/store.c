/* SPDX-License-Identifier: Apache-2.0 */
/* Prints how fast events become blocks, and blocks stored rows: bench_store STORE-URL [BLOCKS [ROWS]]. The
   events are invented: log-ins over SSH, web requests and process starts, in equal parts. */
#include <stdio.h>

#include "base/clock.h"
#include "base/hash.h"
#include "event/block.h"
#include "store/client.h"

struct bench {
	struct arena *arena;
	struct block *block;
	struct store_client *client;
	uint64_t seq, random;
	int64_t start, encoding, inserting;
};

static unsigned pick(struct bench *bench, unsigned below)
{
	bench->random = bench->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(bench->random >> 33) % below;
}

static void set(struct event *event, enum field_id id, struct str text)
{
	must(event_set_text(event, id, text) == 0);
}

static void add_attr(struct event *event, struct str key, struct str value)
{
	event_add_attr(event, key, hash_str(key), value_string(value), 0);
}

static struct str address(struct bench *bench)
{
	return arena_printf(bench->arena, "203.0.%u.%u", pick(bench, 4), pick(bench, 256));
}

static void make_login(struct bench *bench, struct event *event)
{
	unsigned port = 1024 + pick(bench, 60000), user = pick(bench, 500);
	struct str from = address(bench);

	set(event, FIELD_ID_EVENT_DATASET, STR("openssh"));
	set(event, FIELD_ID_EVENT_CATEGORY, STR("authentication"));
	set(event, FIELD_ID_EVENT_OUTCOME, pick(bench, 5) ? STR("failure") : STR("success"));
	set(event, FIELD_ID_PROCESS_NAME, STR("sshd"));
	set(event, FIELD_ID_SOURCE_IP, from);
	event_set_integer(event, FIELD_ID_SOURCE_PORT, port);
	event_set_integer(event, FIELD_ID_PROCESS_PID, pick(bench, 30000));
	set(event, FIELD_ID_USER_NAME, arena_printf(bench->arena, "user%u", user));
	set(event, FIELD_ID_MESSAGE,
	    arena_printf(bench->arena, "Failed password for user%u from %.*s port %u ssh2", user,
			 STR_FMT(from), port));
}

static void make_request(struct bench *bench, struct event *event)
{
	set(event, FIELD_ID_EVENT_DATASET, STR("nginx"));
	set(event, FIELD_ID_EVENT_CATEGORY, STR("web"));
	set(event, FIELD_ID_SOURCE_IP, address(bench));
	set(event, FIELD_ID_HTTP_REQUEST_METHOD, pick(bench, 9) ? STR("GET") : STR("POST"));
	set(event, FIELD_ID_URL_PATH,
	    arena_printf(bench->arena, "/course/%u/unit/%u", pick(bench, 900), pick(bench, 40)));
	event_set_integer(event, FIELD_ID_HTTP_RESPONSE_STATUS, pick(bench, 20) ? 200 : 404);
	event_set_integer(event, FIELD_ID_HTTP_RESPONSE_BYTES, pick(bench, 90000));
	set(event, FIELD_ID_USER_AGENT_ORIGINAL,
	    STR("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101"));
}

static void make_process(struct bench *bench, struct event *event)
{
	event->logsource.product = STR("windows");
	event->logsource.category = STR("process_creation");
	set(event, FIELD_ID_EVENT_DATASET, STR("windows"));
	set(event, FIELD_ID_EVENT_CATEGORY, STR("process"));
	set(event, FIELD_ID_PROCESS_EXECUTABLE, STR("C:\\Windows\\System32\\svchost.exe"));
	set(event, FIELD_ID_PROCESS_COMMAND_LINE,
	    arena_printf(bench->arena, "svchost.exe -k group%u -p -s Service%u", pick(bench, 30),
			 pick(bench, 200)));
	event_set_integer(event, FIELD_ID_PROCESS_PID, pick(bench, 30000));
	add_attr(event, STR("LogonId"), arena_printf(bench->arena, "0x%x", pick(bench, 5000)));
	add_attr(event, STR("IntegrityLevel"), STR("System"));
	add_attr(event, STR("RuleName"), STR("-"));
}

static void fill_block(struct bench *bench, size_t rows)
{
	static void (*const makers[])(struct bench *, struct event *) = {make_login, make_request,
									 make_process};
	struct event event;

	block_clear(bench->block);
	arena_reset(bench->arena);
	for (size_t i = 0; i < rows; i++) {
		int64_t began;

		event_init(&event, bench->arena);
		event.seq = ++bench->seq;
		event.received = bench->start + (int64_t)bench->seq * 100;
		event_set_integer(&event, FIELD_ID_TIMESTAMP, event.received - pick(bench, 2000000));
		set(&event, FIELD_ID_HOST_NAME, arena_printf(bench->arena, "host-%u", pick(bench, 300)));
		makers[i % 3](bench, &event);
		began = clock_monotonic();
		block_add(bench->block, &event);
		bench->encoding += clock_monotonic() - began;
	}
}

static int insert_block(struct bench *bench, struct buf *block, struct buf *names, struct err *err)
{
	char token[32];
	int64_t began = clock_monotonic();
	int r;

	buf_clear(block);
	buf_clear(names);
	block_encode(bench->block, block);
	block_names(bench->block, names);
	bench->encoding += clock_monotonic() - began;
	snprintf(token, sizeof(token), "bench-%llu", (unsigned long long)bench->seq);
	began = clock_monotonic();
	r = store_insert(bench->client, STR("events"), buf_str(names), str_from(token), buf_str(block), err);
	bench->inserting += clock_monotonic() - began;
	return r;
}

static void report(const struct bench *bench, size_t bytes)
{
	double rows = (double)bench->seq;

	printf("rows %.0f, block %.1f B/row\n", rows, (double)bytes / rows);
	printf("encode %.0f rows/s, insert %.0f rows/s, both %.0f rows/s\n",
	       rows * 1e6 / (double)bench->encoding, rows * 1e6 / (double)bench->inserting,
	       rows * 1e6 / (double)(bench->encoding + bench->inserting));
}

int main(int argc, char **argv)
{
	struct bench bench = {.random = 1, .start = clock_now()};
	struct store_options options = {.url = argc > 1 ? argv[1] : ""};
	size_t blocks = argc > 2 ? strtoul(argv[2], NULL, 10) : 10,
	       rows = argc > 3 ? strtoul(argv[3], NULL, 10) : 65536;
	struct buf block = {0}, names = {0};
	struct err err = {0};
	size_t bytes = 0;
	int r = store_client_open(&options, &bench.client, &err);

	bench.arena = arena_new(0);
	bench.block = block_new();
	if (r == 0)
		r = store_prepare(bench.client, &err);
	for (size_t i = 0; r == 0 && i < blocks; i++) {
		fill_block(&bench, rows);
		r = insert_block(&bench, &block, &names, &err);
		bytes += block.len;
	}
	if (r < 0)
		fprintf(stderr, "%s\n", err.message);
	else
		report(&bench, bytes);
	buf_done(&block);
	buf_done(&names);
	block_free(bench.block);
	arena_free(bench.arena);
	store_client_close(bench.client);
	return r < 0;
}
