/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_EDIT_PRIVATE_H
#define RULES_EDIT_PRIVATE_H
/* Inside rules/: the parts of a change. */
#include <limits.h>

#include "rules/edit.h"

#define CHANGES_FILE "changes.ndjson"
#define PACK_TEXT_MAX (16u * 1024 * 1024)

/* What was decided about a rule, as one JSON object:
   {"enabled":"off","suppress":{"by":["source.ip"],"for":"1h"}}; suppress "none": every match is an alert.
   False, and nothing, where nothing is decided. */
bool setting_format(const struct rule_setting *setting, struct buf *out);
/* Takes change->after into the settings, signs it and writes them. */
int setting_write(struct rule_edit *edit, const struct rule_change *change);

/* What stands in the file of a text or an exception, appended; -ENOENT where there is none. */
int edit_read_file(const struct rule_edit *edit, const struct rule_change *change, struct buf *text);

struct change_path {
	char text[PATH_MAX];
};
struct change_path change_log_path(const struct rules_paths *paths);
/* Appends the change under the next number. */
int change_log(struct rule_edit *edit, struct rule_change *change);

#endif
