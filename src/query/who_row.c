/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "query/who_private.h"

const char who_row_columns[] =
	"time, seq, action, hex(address), port, mac, user, host, hex(nat_address), nat_port, nat_port_last, "
	"began, until, dataset, observer, hex(observer_ip)";
#define VALUES 16

static char unescape(char c)
{
	static const char from[] = "tnrbf0", to[] = "\t\n\r\b\f";
	const char *at = c ? strchr(from, c) : NULL;

	return at ? to[at - from] : c;
}

bool who_value(struct str *line, struct arena *arena, struct str *ret_value)
{
	size_t tab = str_find_char(*line, '\t'), len = 0;
	struct str part = str_head(*line, tab);
	char *out;

	if (!line->ptr)
		return false;
	*line = tab == STR_NOT_FOUND ? (struct str){0} : str_of(line->ptr + tab + 1, line->len - tab - 1);
	out = arena_alloc(arena, part.len + 1);
	for (size_t i = 0; i < part.len; i++)
		out[len++] = part.ptr[i] == '\\' && i + 1 < part.len ? unescape(part.ptr[++i]) : part.ptr[i];
	*ret_value = str_of(out, len);
	return true;
}

static bool read_action(struct str text, enum who_action *ret_action)
{
	static const struct str names[] = {[WHO_ASSIGNED] = {"address-assigned", 16},
					   [WHO_GIVEN_BACK] = {"address-released", 16},
					   [WHO_NAT_CREATED] = {"nat-created", 11},
					   [WHO_NAT_DELETED] = {"nat-deleted", 11}};

	for (unsigned i = 0; i < 4; i++)
		if (str_eq(text, names[i])) {
			*ret_action = (enum who_action)i;
			return true;
		}
	return false;
}

static bool read_row(const struct str v[VALUES], struct who_row *row)
{
	row->mac = v[5];
	row->user = v[6];
	row->host = v[7];
	row->dataset = v[13];
	row->observer = v[14];
	return str_to_i64(v[0], &row->time) == 0 && str_to_u64(v[1], &row->seq) == 0 &&
	       read_action(v[2], &row->action) && hex_decode(v[3], row->address, 16) == 0 &&
	       str_to_i64(v[4], &row->port) == 0 && hex_decode(v[8], row->nat_address, 16) == 0 &&
	       str_to_i64(v[9], &row->nat_port) == 0 && str_to_i64(v[10], &row->nat_port_last) == 0 &&
	       str_to_i64(v[11], &row->began) == 0 && str_to_i64(v[12], &row->until) == 0 &&
	       hex_decode(v[15], row->observer_ip, 16) == 0;
}

int who_rows_read(struct str text, struct arena *arena, struct who_rows *rows)
{
	struct str line;

	while (str_split(&text, '\n', &line)) {
		struct str values[VALUES];
		struct who_row row = {0};
		size_t count = 0;

		while (count < VALUES && who_value(&line, arena, &values[count]))
			count++;
		if (count < VALUES || line.ptr || !read_row(values, &row))
			return ERR_PROTOCOL;
		if (!rows->len || rows->items[rows->len - 1].seq != row.seq)
			vec_push(rows, row);
	}
	return 0;
}
