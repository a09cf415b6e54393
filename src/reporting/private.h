/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTING_PRIVATE_H
#define REPORTING_PRIVATE_H
/* Inside reporting/: reading of YAML that people edit. */
#include "base/err.h"
#include "base/yaml.h"

/* The text of a member, at most max bytes of UTF-8; *ret_text stays where it is absent and not required. */
int node_text(const struct yaml_node *node, const char *key, size_t max, bool required, struct str *ret_text,
	      struct err *ret_err);

#endif
