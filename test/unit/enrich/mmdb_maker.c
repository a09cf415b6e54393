/* SPDX-License-Identifier: Apache-2.0 */
#include "mmdb_maker.h"

#include <string.h>

#include "base/err.h"
#include "event/ip.h"

#define NODES_MAX 1024
#define EMPTY (-1)
#define DATA (1 << 20) /* + offset */

enum { TYPE_TEXT = 2, TYPE_UINT16 = 5, TYPE_UINT32 = 6, TYPE_MAP = 7 };

struct tree {
	int nodes[NODES_MAX][2];
	int count;
};

void mmdb_map(struct buf *out, unsigned members)
{
	buf_add_char(out, (char)(TYPE_MAP << 5 | members));
}

void mmdb_text(struct buf *out, const char *text)
{
	must(strlen(text) < 285);
	if (strlen(text) < 29) {
		buf_add_char(out, (char)(TYPE_TEXT << 5 | strlen(text)));
	} else {
		buf_add_char(out, (char)(TYPE_TEXT << 5 | 29));
		buf_add_char(out, (char)(strlen(text) - 29));
	}
	buf_add_str(out, str_from(text));
}

void mmdb_uint(struct buf *out, unsigned type, uint32_t number)
{
	buf_add_char(out, (char)(type << 5 | 4));
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_add_char(out, (char)(number >> shift));
}

static int add_node(struct tree *tree)
{
	must(tree->count < NODES_MAX);
	tree->nodes[tree->count][0] = tree->nodes[tree->count][1] = EMPTY;
	return tree->count++;
}

static void add_net(struct tree *tree, const char *text, int value)
{
	struct ip_net net;
	int node = 0;

	must(ip_net_parse(str_from(text), &net) == 0);
	if (!strchr(text, ':'))
		net.ip[10] = net.ip[11] = 0;
	for (unsigned i = 0; i < net.bits; i++) {
		int *next = &tree->nodes[node][net.ip[i / 8] >> (7 - i % 8) & 1];

		if (i + 1u == net.bits)
			*next = value;
		else if (*next == EMPTY)
			*next = add_node(tree);
		node = *next;
	}
}

static void add_data(const struct mmdb_entry *entry, struct buf *data)
{
	struct str rest = str_from(entry->layout), part;
	bool outer = true;

	while (str_split(&rest, '.', &part)) {
		mmdb_map(data, outer && entry->number ? 2 : 1);
		if (outer && entry->number) {
			mmdb_text(data, "autonomous_system_number");
			mmdb_uint(data, TYPE_UINT32, entry->number);
		}
		buf_add_char(data, (char)(TYPE_TEXT << 5 | (part.len < 29 ? part.len : 29)));
		if (part.len >= 29)
			buf_add_char(data, (char)(part.len - 29));
		buf_add_str(data, part);
		outer = false;
	}
	mmdb_text(data, entry->text);
}

static void add_metadata(int nodes, struct buf *out)
{
	static const struct {
		const char *name;
		uint32_t number;
	} numbers[] = {{"record_size", 24},
		       {"ip_version", 6},
		       {"binary_format_major_version", 2},
		       {"binary_format_minor_version", 0}};

	buf_add_str(out, STR("\xab\xcd\xefMaxMind.com"));
	mmdb_map(out, 9);
	mmdb_text(out, "node_count");
	mmdb_uint(out, TYPE_UINT32, (uint32_t)nodes);
	for (size_t i = 0; i < 4; i++) {
		mmdb_text(out, numbers[i].name);
		buf_add_char(out, (char)(TYPE_UINT16 << 5 | 2));
		buf_add_char(out, 0);
		buf_add_char(out, (char)numbers[i].number);
	}
	mmdb_text(out, "build_epoch"); /* uint64: type 7 + 2 */
	buf_add(out, "\x04\x02\x6a\x00\x00\x00", 6);
	mmdb_text(out, "languages"); /* a list, type 7 + 4, of none */
	buf_add(out, "\x00\x04", 2);
	mmdb_text(out, "description");
	mmdb_map(out, 0);
	mmdb_text(out, "database_type");
	mmdb_text(out, "test");
}

size_t mmdb_make(const struct mmdb_entry *entries, struct buf *out)
{
	struct tree tree = {0};
	struct buf data = {0};
	size_t tree_bytes;

	add_node(&tree);
	for (; entries->net; entries++) {
		add_net(&tree, entries->net, DATA + (int)data.len);
		add_data(entries, &data);
	}
	for (int i = 0; i < tree.count; i++)
		for (int side = 0; side < 2; side++) {
			int next = tree.nodes[i][side];
			uint32_t record = next == EMPTY  ? (uint32_t)tree.count
					  : next >= DATA ? (uint32_t)(tree.count + 16 + next - DATA)
							 : (uint32_t)next;

			for (int shift = 16; shift >= 0; shift -= 8)
				buf_add_char(out, (char)(record >> shift));
		}
	tree_bytes = out->len;
	buf_add(out, (char[16]){0}, 16);
	buf_add_str(out, buf_str(&data));
	add_metadata(tree.count, out);
	buf_done(&data);
	return tree_bytes;
}
