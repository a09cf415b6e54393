/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTING_TEMPLATE_H
#define REPORTING_TEMPLATE_H
/*
 * The forms of content/compliance/reports: a file for each stage, a list of blocks with {{values}} in their
 * texts (doc/formats/compliance.md). Everything is checked when a template is read: what was read can be
 * filled. A value is text to the document, never again looked at for {{…}}.
 */
#include "document/document.h"
#include "reporting/values.h"

#define TEMPLATE_FILE_MAX (1u << 20)
#define TEMPLATE_BLOCKS_MAX 500

struct template;

/* In the arena. */
int template_parse(struct str text, struct arena *arena, struct template **ret_template, struct err *ret_err);

/* The template of a stage: reports/STAGE.yaml in own, else in folder. */
int template_load(const char *folder, const char *own, enum reporting_stage stage, struct arena *arena,
		  struct template **ret_template, struct err *ret_err);

struct str template_name(const struct template *template); /* of the report */

/* Adds the blocks to the document, and their texts a line each to text, which may be NULL. */
void template_fill(const struct template *template, const struct reporting_values *values,
		   struct document *document, struct buf *text);

/* The test cases of the template: as deadlines_test(). */
int template_test(const struct template *template,
		  void (*failed)(void *context, unsigned line, const char *message), void *context,
		  struct err *ret_err);

#endif
