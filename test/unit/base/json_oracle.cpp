/* SPDX-License-Identifier: Apache-2.0 */
#include "json_oracle.h"

#include <cstdio>

#include <simdjson.h>

using namespace simdjson;

void oracle_write_number(double value, oracle_write *write, void *context)
{
	char text[40];

	/* + 0.0 makes 0 of -0, which simdjson reads as an integer */
	write(context, text, (size_t)snprintf(text, sizeof(text), "#%.17g", value + 0.0));
}

void oracle_write_string(const char *bytes, size_t len, oracle_write *write, void *context)
{
	char text[40];

	write(context, text, (size_t)snprintf(text, sizeof(text), "\"%zu:", len));
	write(context, bytes, len);
}

static void walk(dom::element element, oracle_write *write, void *context)
{
	switch (element.type()) {
	case dom::element_type::ARRAY:
		write(context, "[", 1);
		for (dom::element item : dom::array(element))
			walk(item, write, context);
		write(context, "]", 1);
		break;
	case dom::element_type::OBJECT:
		write(context, "{", 1);
		for (dom::key_value_pair member : dom::object(element)) {
			oracle_write_string(member.key.data(), member.key.size(), write, context);
			walk(member.value, write, context);
		}
		write(context, "}", 1);
		break;
	case dom::element_type::INT64:
		oracle_write_number((double)int64_t(element), write, context);
		break;
	case dom::element_type::UINT64:
		oracle_write_number((double)uint64_t(element), write, context);
		break;
	case dom::element_type::DOUBLE:
		oracle_write_number(double(element), write, context);
		break;
	case dom::element_type::STRING: {
		std::string_view text(element);

		oracle_write_string(text.data(), text.size(), write, context);
		break;
	}
	case dom::element_type::BOOL:
		write(context, bool(element) ? "t" : "f", 1);
		break;
	case dom::element_type::NULL_VALUE:
		write(context, "n", 1);
		break;
	}
}

enum oracle_verdict oracle_parse(const char *bytes, size_t len, oracle_write *write, void *context)
{
	static dom::parser parser;
	dom::element root;
	error_code error = parser.parse(padded_string(bytes, len)).get(root);

	if (error)
		return error == NUMBER_ERROR ? ORACLE_REFUSES_NUMBER : ORACLE_REFUSES;
	walk(root, write, context);
	return ORACLE_ACCEPTS;
}
