/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DUTY_REPORT_PRIVATE_H
#define DUTY_REPORT_PRIVATE_H
/* Inside duty/: what a report is made of. */
#include <jansson.h>

#include "duty/private.h"
#include "duty/report.h"

struct report_facts {
	int64_t from, to, made;
	json_t *content;   /* the caller's to free, also after an error */
	int64_t incidents; /* that began in the span */
	bool blind;
};

int report_gather(struct db *db, struct report_facts *facts);

#endif
