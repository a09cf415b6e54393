/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CLIENT_PARAMS_H
#define STORE_CLIENT_PARAMS_H
/*
 * The two ways a bound value reaches a server: as param_* in the URL, escaped as
 * in TabSeparated, where the server keeps it apart from the text; or, for servers
 * that do not know placeholders, as a typed literal put in their place.
 */
#include "event/param.h"

/* Appends the value as a server unescapes it. */
void params_escape(struct str value, struct buf *out);

/* Appends the query's text with every placeholder replaced. ERR_UNKNOWN for a placeholder without a value. */
int params_substitute(const struct sql_query *query, struct buf *out);

#endif
