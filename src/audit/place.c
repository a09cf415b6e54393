/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_folder(const char *path, const char *name)
{
	char inner[PATH_MAX];
	struct stat status;

	return snprintf(inner, sizeof(inner), "%s/%s", path, name) < (int)sizeof(inner) &&
	       stat(inner, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool holds_halves(const char *path)
{
	return has_folder(path, "live") || has_folder(path, "sealed");
}

int audit_place_find(const char *path, struct audit_place *ret_place, struct err *ret_err)
{
	struct audit_place place = {0};
	const char *below[] = {"", "/journal", "/.."}; /* "/..": one of the halves was named */
	struct stat status;
	size_t i = 0;

	if (stat(path, &status) < 0)
		return err_set(ret_err, -errno, 0, 0, "%s: %s", path, strerror(errno));
	if (!S_ISDIR(status.st_mode)) {
		place.package = true;
		*ret_place = place;
		return 0;
	}
	for (; i < 3; i++) {
		if (snprintf(place.journal, sizeof(place.journal), "%s%s", path, below[i]) >=
		    (int)sizeof(place.journal))
			return err_set(ret_err, -ENAMETOOLONG, 0, 0, "%s: the path is too long", path);
		if (holds_halves(place.journal))
			break;
	}
	if (i == 3)
		return err_set(ret_err, ERR_UNKNOWN, 0, 0,
			       "%s holds no journal; give a data folder, the journal's folder with live/ and "
			       "sealed/ in it, or an evidence package",
			       path);
	if (snprintf(place.sealed, sizeof(place.sealed), "%.*s/sealed", PATH_MAX - 8, place.journal) >=
	    (int)sizeof(place.sealed))
		return -ENAMETOOLONG;
	place.has_node = journal_node(place.journal, place.node) == 0;
	*ret_place = place;
	return 0;
}
