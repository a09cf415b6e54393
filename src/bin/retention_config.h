/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BIN_RETENTION_CONFIG_H
#define BIN_RETENTION_CONFIG_H
/* The retention policy (custody/retention.h) that the settings and the content make. */
#include "bin/config.h"
#include "custody/retention_file.h"

#define OVERRIDES_FILE "journal/overrides"

/* Where the classes stand. */
const char *retention_classes_file(const struct config *config, struct arena *arena);

/* Names live in arena. ret_err names the file and the place. */
int retention_policy_load(const struct config *config, struct arena *arena,
			  struct retention_policy *ret_policy, struct err *ret_err);

/* At start: ERR_DENIED where a class is to be kept for less than the law asks for and nobody ever allowed it.
   An override that has run out keeps nobody from starting: 180 days hold again. */
int retention_check(const struct config *config, struct arena *arena, struct err *ret_err);

#endif
