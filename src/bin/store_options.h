/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_STORE_OPTIONS_H
#define BIN_STORE_OPTIONS_H
/* Where the event store is, by the settings: the embedded one's socket, or a ClickHouse elsewhere. */
#include "bin/config.h"
#include "store/client.h"

/* Texts live in arena. A negative code where the password file cannot be read. */
int store_options_make(const struct config *config, struct arena *arena, struct store_options *ret_options,
		       struct err *ret_err);

#endif
