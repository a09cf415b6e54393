/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_SQL_CHECK_H
#define STORE_SQL_CHECK_H
/*
 * What a person may ask in SQL from the console: one SELECT over the tables of doc/formats/store.md. This is
 * the first of two walls; the other is the engine's readonly mode. It is stricter than need be where the two
 * meanings of a word cannot be told apart without a parser of the whole language: a column of one's own
 * cannot be called system or remote, and a date's part is taken with toYear(), not with EXTRACT(… FROM …) of
 * a column.
 */
#include "base/err.h"
#include "base/str.h"

#define SQL_CHECK_DEPTH_MAX 64
#define SQL_CHECK_NAMES_MAX 64 /* of WITH name AS (…) */

/* 0. ERR_DENIED where it is anything else than one SELECT, names a database, a function of tables or a word
   that reaches outside, or reads another table; ERR_LIMIT where it is nested too deeply; ERR_SYNTAX where it
   is empty. *ret_err says why, in whole sentences, and the line and column (bytes, from 1) of the word. */
int sql_check(struct str sql, struct err *ret_err);

#endif
