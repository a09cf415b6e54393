/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_PRIVATE_H
#define AUDIT_PRIVATE_H
/* Inside audit/: what the walk of an export hands to what writes the file. */
#include "audit/export.h"
#include "audit/package.h"
#include "audit/spool.h"

#define PREVIEW_RECORDS 200
#define MEMBER_MANIFEST "manifest.json"
#define MEMBER_INDEX "index.html"
#define MEMBER_HEADS "heads.txt"
#define MEMBER_PROOFS "proofs.ndjson"
#define MEMBER_RECORDS "records.ndjson"

/* What there is of a package before its file is made. */
struct parts {
	struct audit_spool records, proofs;
	struct buf heads, preview;
	struct audit_package_info info;
};

/* Writes the package; the spools are finished. */
int package_write(const struct audit_export *export, struct parts *parts,
		  struct audit_export_summary *summary, struct err *ret_err);

#endif
