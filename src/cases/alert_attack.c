/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MITRE ATT&CK out of Sigma tags (Sigma specification, appendix "Tags"):
 * attack.t1059.001 names a technique, attack.initial-access or
 * attack.initial_access a tactic; attack.g0007 and attack.s0002 are groups and
 * software, and left out.
 */
#include "cases/private.h"

static bool has_number(struct str s)
{
	for (size_t i = 1; i < s.len; i++)
		if (!char_is_digit(s.ptr[i]) && s.ptr[i] != '.')
			return false;
	return s.len > 1;
}

static void add_item(struct buf *out, struct str text, char (*change)(char))
{
	buf_add_str(out, out->len > 1 ? STR(",\"") : STR("\""));
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(out, change(text.ptr[i]));
	buf_add_char(out, '"');
}

static char technique_char(char c)
{
	return (unsigned char)(c - 'a') < 26 ? (char)(c - 32) : c;
}

static char tactic_char(char c)
{
	c = char_lower(c);
	return c == '_' ? '-' : c;
}

static bool is_tactic(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)(char_lower(s.ptr[i]) - 'a') >= 26 && s.ptr[i] != '-' && s.ptr[i] != '_')
			return false;
	return s.len > 0;
}

void alert_attack_json(const struct str *tags, size_t count, struct buf *ret_tactics,
		       struct buf *ret_techniques)
{
	static const char prefix[] = "attack.";
	const size_t skip = sizeof(prefix) - 1;

	buf_add_char(ret_tactics, '[');
	buf_add_char(ret_techniques, '[');
	for (size_t i = 0; i < count && i < ALERT_TAGS_MAX; i++) {
		struct str name = str_from_offset(tags[i], skip);

		if (!str_ieq(str_head(tags[i], skip), str_from(prefix)) || !name.len)
			continue;
		if (char_lower(name.ptr[0]) == 't' && has_number(name))
			add_item(ret_techniques, name, technique_char);
		else if (is_tactic(name))
			add_item(ret_tactics, name, tactic_char);
	}
	buf_add_char(ret_tactics, ']');
	buf_add_char(ret_techniques, ']');
}
