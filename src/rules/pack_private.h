/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_PACK_PRIVATE_H
#define RULES_PACK_PRIVATE_H
/* Inside rules/: where packs lie. */
#include <limits.h>

#include "rules/pack.h"

#define PACK_MANIFEST_FILE "manifest.yaml"

void pack_version_path(const struct rules_paths *paths, struct str name, struct str version,
		       char out[PATH_MAX]);
void pack_stage_path(const struct rules_paths *paths, char out[PATH_MAX]);

#endif
