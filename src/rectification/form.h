/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECTIFICATION_FORM_H
#define RECTIFICATION_FORM_H
/* The printable forms: 网络安全事件整改通知书, and the unit's 网络安全事件整改报告. */
#include "document/document.h"
#include "rectification/link.h"

enum form { FORM_NOTICE, FORM_REPORT };

struct form_data {
	const struct rectification *rectification;
	const struct reply_file *files; /* of the report */
	size_t file_count;
};

/* The caller frees it. */
struct document *form_make(const struct rectification_office *office, enum form form,
			   const struct form_data *data);

#endif
