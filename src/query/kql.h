/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_KQL_H
#define QUERY_KQL_H
/*
 * The search language: Kibana Query Language over the field table, compiled to a
 * ClickHouse condition with bound parameters (doc/formats/query.md).
 *
 *	source.ip: 10.0.0.0/8 and not user.name: (root or admin)
 *	http.response.status_code >= 500        url.path: *wp-login.php
 *	message: "exact phrase"   process.name: *   free text
 *
 * Names outside the field table are looked up among the attributes. Limits:
 * KQL_SIZE_MAX bytes, KQL_DEPTH_MAX levels, KQL_TERMS_MAX terms.
 */
#include "base/err.h"
#include "event/param.h"

#define KQL_SIZE_MAX 8192
#define KQL_DEPTH_MAX 32
#define KQL_TERMS_MAX 256

/* Appends a condition in parentheses to query; "(1)" for an empty text. now is what "now-1h" counts from.
   0, or ERR_SYNTAX, ERR_LIMIT with *ret_err saying at which column (in bytes, from 1) and what was expected;
   query is then unchanged. */
int kql_compile(struct str text, int64_t now, struct sql_query *query, struct err *ret_err);

#endif
