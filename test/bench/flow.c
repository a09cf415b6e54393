/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flow records per second of CPU time, datagram to JSON ready for the journal:
 * bench_flow [ROUNDS]. Beside it, in the same rounds, the records' bytes copied (memcpy) and
 * summed up, which no decoder can do without. Datagrams are as routers fill them: 1,400 bytes, records of
 * changing values; the median of the rounds is printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "flow/flow.h"

#define ROUNDS 9 /* at most, and where nothing is said */
#define ROUND_TIME (150 * CLOCK_MILLISECOND)
#define DATAGRAMS 256
#define DATAGRAM_SIZE 1400

struct field {
	uint16_t number, length;
};

struct kind {
	const char *name;
	uint16_t version;
	struct field fields[32];
};

/* What NetFlow 5 has, in the other protocols' order; IPv6; and what a router with all options on sends. */
static const struct kind kinds[] = {
	{"NetFlow 5", 5, {{0, 48}}},
	{"NetFlow 9, IPv4, 18 fields",
	 9,
	 {{8, 4},
	  {12, 4},
	  {15, 4},
	  {10, 2},
	  {14, 2},
	  {2, 4},
	  {1, 4},
	  {22, 4},
	  {21, 4},
	  {7, 2},
	  {11, 2},
	  {6, 1},
	  {4, 1},
	  {5, 1},
	  {16, 2},
	  {17, 2},
	  {9, 1},
	  {13, 1}}},
	{"IPFIX, IPv4, 15 fields",
	 10,
	 {{8, 4},
	  {12, 4},
	  {10, 4},
	  {14, 4},
	  {2, 8},
	  {1, 8},
	  {152, 8},
	  {153, 8},
	  {7, 2},
	  {11, 2},
	  {6, 2},
	  {4, 1},
	  {5, 1},
	  {136, 1},
	  {61, 1}}},
	{"IPFIX, IPv6, 15 fields",
	 10,
	 {{27, 16},
	  {28, 16},
	  {10, 4},
	  {14, 4},
	  {2, 8},
	  {1, 8},
	  {152, 8},
	  {153, 8},
	  {7, 2},
	  {11, 2},
	  {6, 2},
	  {4, 1},
	  {5, 1},
	  {136, 1},
	  {61, 1}}},
	{"NetFlow 9, IPv4, 26 fields", 9, {{8, 4},  {12, 4}, {15, 4}, {10, 4},  {14, 4}, {2, 4},  {1, 4},
					   {22, 4}, {21, 4}, {7, 2},  {11, 2},  {6, 1},  {4, 1},  {5, 1},
					   {16, 4}, {17, 4}, {9, 1},  {13, 1},  {56, 6}, {80, 6}, {58, 2},
					   {61, 1}, {89, 1}, {48, 1}, {234, 4}, {95, 4}}},
};

struct bench {
	struct flow_decoder *decoder;
	struct flow_output output;
	struct buf datagrams[DATAGRAMS];
	size_t records; /* in all datagrams */
	char *copy;
};

static void add(struct buf *buf, uint64_t value, size_t len)
{
	while (len--)
		buf_add_char(buf, (char)(value >> (8 * len)));
}

/* Values as wide as real ones: few octets of a wide field are used. */
static void add_field(struct buf *buf, const struct field *field, unsigned *seed)
{
	uint64_t value = (*seed = *seed * 1103515245 + 12345) >> 8;

	switch (field->number) {
	case 1:
	case 2:
		value &= (UINT64_C(1) << (value & 15)) * 64 - 1;
		break;
	case 21:
	case 22:
		value = 900000 + (value & 0xffff);
		break;
	case 152:
	case 153:
		value = 1700000000000 - (value & 0xffff);
		break;
	case 10:
	case 14:
	case 234:
		value &= 127;
		break;
	default:
		break;
	}
	if (field->length > 8)
		add(buf, UINT64_C(0x20010db800000000), 8);
	add(buf, value, field->length > 8 ? field->length - 8u : field->length);
}

static void add_record(struct buf *buf, const struct kind *kind, unsigned *seed)
{
	static const struct field netflow5[] = {{8, 4},  {12, 4}, {15, 4}, {10, 2}, {14, 2}, {2, 4}, {1, 4},
						{22, 4}, {21, 4}, {7, 2},  {11, 2}, {0, 1},  {6, 1}, {4, 1},
						{5, 1},  {16, 2}, {17, 2}, {9, 1},  {13, 1}, {0, 2}, {0, 0}};

	for (const struct field *field = kind->version == 5 ? netflow5 : kind->fields; field->length; field++)
		add_field(buf, field, seed);
}

static void set16(struct buf *buf, size_t at, size_t value)
{
	buf->ptr[at] = (char)(value >> 8);
	buf->ptr[at + 1] = (char)value;
}

/* Header of its version, a template in the first datagram, then records. */
static size_t fill(struct buf *buf, const struct kind *kind, unsigned number, unsigned *seed)
{
	size_t set, count = 0, len = 0, fields = 0;

	buf_clear(buf);
	add(buf, kind->version, 2);
	add(buf, 0, 2);
	if (kind->version != 10)
		add(buf, 1000000, 4);
	add(buf, 1700000000, 4);
	add(buf, kind->version == 5 ? 0 : number, 4);
	add(buf, 7, 4);
	if (kind->version == 5)
		add(buf, 0, 4);
	for (; kind->fields[fields].length; fields++)
		len += kind->fields[fields].length;
	if (kind->version != 5 && !number) {
		add(buf, kind->version == 9 ? 0 : 2, 2);
		add(buf, 8 + 4 * fields, 2);
		add(buf, 256, 2);
		add(buf, fields, 2);
		for (size_t i = 0; i < fields; i++)
			add(buf, (uint64_t)kind->fields[i].number << 16 | kind->fields[i].length, 4);
	}
	set = buf->len;
	if (kind->version != 5)
		add(buf, UINT64_C(256) << 16, 4);
	for (; buf->len + len <= DATAGRAM_SIZE; count++)
		add_record(buf, kind, seed);
	if (kind->version != 5)
		set16(buf, set + 2, buf->len - set);
	set16(buf, 2, kind->version == 10 ? buf->len : count);
	return count;
}

static void decode_all(struct bench *bench)
{
	struct flow_datagram datagram = {.exporter = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1},
					 .received = 1};

	flow_output_clear(&bench->output);
	for (size_t i = 0; i < DATAGRAMS; i++) {
		datagram.bytes = buf_str(&bench->datagrams[i]);
		must(flow_decode(bench->decoder, &datagram, &bench->output) == 0);
	}
	must(bench->output.count == bench->records);
}

static void copy_all(struct bench *bench)
{
	memcpy(bench->copy, bench->output.text.ptr, bench->output.text.len);
	__asm__ volatile("" : : "r"(bench->copy) : "memory");
}

/* The process's own, so that a busy machine disturbs less. */
static int64_t cpu_time(void)
{
	struct timespec ts;

	must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) == 0);
	return ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000;
}

static double measure(struct bench *bench, void (*work)(struct bench *))
{
	const int64_t start = cpu_time();
	int64_t taken;
	size_t records = 0;

	do {
		work(bench);
		records += bench->records;
	} while ((taken = cpu_time() - start) < ROUND_TIME);
	return (double)records * CLOCK_SECOND / (double)taken;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *figures, size_t count)
{
	qsort(figures, count, sizeof(*figures), compare);
	return figures[count / 2];
}

static void run(const struct kind *kind, size_t rounds)
{
	const struct flow_options options = {0};
	struct bench bench = {.decoder = flow_decoder_new(&options)};
	double ours[ROUNDS], copied[ROUNDS];
	unsigned seed = 1;

	for (unsigned i = 0; i < DATAGRAMS; i++)
		bench.records += fill(&bench.datagrams[i], kind, i, &seed);
	decode_all(&bench);
	bench.copy = malloc(bench.output.text.len);
	must(bench.copy);
	for (size_t i = 0; i < rounds; i++) {
		ours[i] = measure(&bench, decode_all);
		copied[i] = measure(&bench, copy_all);
	}
	printf("%-28s %9.0f records/s, %4.0f ns and %3zu bytes each; copied only %.0f/s, ratio %.3f\n",
	       kind->name, median(ours, rounds), 1e9 / median(ours, rounds),
	       bench.output.text.len / bench.records, median(copied, rounds),
	       median(ours, rounds) / median(copied, rounds));
	free(bench.copy);
	for (unsigned i = 0; i < DATAGRAMS; i++)
		buf_done(&bench.datagrams[i]);
	flow_output_done(&bench.output);
	flow_decoder_free(bench.decoder);
}

int main(int argc, char **argv)
{
	int64_t rounds = ROUNDS;

	if (argc > 2 || (argc == 2 && str_to_i64(str_from(argv[1]), &rounds) < 0) || rounds < 1 ||
	    rounds > ROUNDS) {
		fprintf(stderr, "usage: bench_flow [ROUNDS], at most %d\n", ROUNDS);
		return 2;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		run(&kinds[i], (size_t)rounds);
	return 0;
}
