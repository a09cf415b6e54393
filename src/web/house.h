/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_HOUSE_H
#define WEB_HOUSE_H
/* How the house is kept, for the pages of administration, which show it and change nothing of it: it is
   settled by files on the machine. The core process fills it; it outlives the server. */
#include "calendar/calendar.h"
#include "custody/retention.h"

/* A setting as it is in force, without what is secret in it. */
struct web_setting {
	const char *name, *value, *fallback, *about;
	unsigned line; /* of settings_file; 0: it says nothing of it */
};

struct web_house {
	const struct web_setting *settings;
	size_t setting_count;
	int64_t settings_read;           /* µs: when settings_file was read */
	const char *data, *content, *ui; /* folders, by option or environment */
	const struct retention_policy *retention;
	const char *overrides;           /* file of the orders that allow less than the law's retention */
	const char *settings_file;       /* wanglou.yaml, … */
	const char *classes_file;        /* … and that of the classes: where people change them */
	const struct calendar *calendar; /* NULL: Monday to Friday are working days */
	const char *escalation_file;     /* content/duty/escalation.yaml */
	unsigned disk_high;              /* percent at which an alert is raised */
	bool encrypted;                  /* the journal */
};

#endif
