/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_WHO_PRIVATE_H
#define QUERY_WHO_PRIVATE_H
/* Inside query/who*: rows, and spans made of them. */
#include "query/who.h"

enum who_action { WHO_ASSIGNED, WHO_GIVEN_BACK, WHO_NAT_CREATED, WHO_NAT_DELETED };

struct who_row {
	int64_t time, began, until; /* 0: not said */
	uint64_t seq;
	enum who_action action;
	uint8_t address[16], nat_address[16], observer_ip[16];
	int64_t port, nat_port, nat_port_last;
	struct str mac, user, host, dataset, observer;
};

struct who_rows {
	VEC_OF(struct who_row)
};

/* --- who_row.c ---------------------------------------------------------------------------------------- */

/* The columns of SELECT, in the order that who_row_read() wants. */
extern const char who_row_columns[];

/* Appends the rows of an answer in TabSeparated; rows of one event once. ERR_PROTOCOL where it is something
   else, with nothing added from there on. */
int who_rows_read(struct str text, struct arena *arena, struct who_rows *rows);

/* Takes the next value off a line, unescaped into the arena. False at the end. */
bool who_value(struct str *line, struct arena *arena, struct str *ret_value);

/* --- who_span.c ----------------------------------------------------------------------------------------- */

/* Of one address, in the order of time. cut: there are rows before these. */
void who_spans_of_address(const struct who_row *rows, size_t count, bool cut, int64_t now,
			  struct who_spans *spans);
/* Of one outside address and port. */
void who_spans_of_nat(const struct who_row *rows, size_t count, struct who_spans *spans);

bool who_span_holds(const struct who_span *span, int64_t from, int64_t to);

/* Names without realm and domain, case aside. */
bool who_same_user(struct str a, struct str b);
bool who_same_host(struct str a, struct str b);

#endif
