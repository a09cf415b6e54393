/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_STORE_OPEN_H
#define BIN_STORE_OPEN_H
/* What search and sql have in common: finding the store, and printing what strangers wrote. */
#include "base/str.h"
#include "bin/command.h"
#include "store/client.h"

#define STORE_OPEN_OPTIONS                                                                              \
	{"store", "URL", "the store: unix:/path or http://host:port (else that of --data)"},            \
		{"data", "DIR", "data folder (default: WANGLOU_DATA in the environment, else ./data)"}, \
	{                                                                                               \
		"user", "NAME", "where the store asks for one; the password is in STORE_PASSWORD"       \
	}

/* By --store, else by the settings of --data; the question, which the caller is about to ask, is first
   written into the audit trail there, as action. ret_client NULL: that is all. EXIT_OK, or the reason is on
   standard error. */
int store_open(const struct command *command, const struct arguments *arguments, const char *action,
	       struct str question, struct store_client **ret_client);

/* To standard output; on a terminal control characters but tab and line end become '?', since events hold
   whatever an attacker sent. 0 or -errno. */
int store_print(struct str text);

/* Says what went wrong with a query and what to do about it. */
int store_failed(const struct command *command, int code, const struct err *err);

#endif
