/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_STATEMENT_H
#define STORE_STATEMENT_H
/*
 * Enough of ClickHouse's lexer to know what a statement is before the engine
 * sees it: whether it reads, which FORMAT it asks for, where the data of an
 * INSERT begins, and whether it names something that reaches outside the store.
 * The engine's readonly mode refuses writing and table functions, but neither
 * the functions that read local files nor INTO OUTFILE; that is done here.
 */
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum statement_kind {
	STATEMENT_SELECT, /* can be streamed */
	STATEMENT_SHOW,   /* SHOW, DESCRIBE, EXISTS, EXPLAIN */
	STATEMENT_INSERT, /* with data behind it */
	STATEMENT_OTHER,
};

struct statement {
	enum statement_kind kind;
	struct str text;     /* without a last ';'. Of an INSERT: what stands before FORMAT or VALUES */
	struct str format;   /* of the answer, or of the INSERT's data; empty where none is given */
	struct str data;     /* of an INSERT, what stands in the text itself */
	bool several;        /* more than one statement */
	struct str reaching; /* the first word that reaches outside; empty: none */
};

/* Views into sql. ERR_SYNTAX only for an empty text; other mistakes are left for the engine to explain. */
int statement_read(struct str sql, struct statement *ret_statement, struct err *ret_err);

/* 0, or ERR_DENIED where a read-only user may not run it. */
int statement_check_readonly(const struct statement *statement, struct err *ret_err);

#endif
