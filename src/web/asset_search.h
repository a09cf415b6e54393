/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_ASSET_SEARCH_H
#define WEB_ASSET_SEARCH_H
/* Inside web/: an asset's identifiers as searches for what it sent, what it was asked for and what it wrote
   itself (query/profile.h). Comes with no other header of web/. */
#include <stdbool.h>

#include "base/buf.h"

#define ASSET_SEARCH_ADDRESSES 16 /* identifiers that are searched for; more would be no KQL any more */
#define ASSET_SEARCH_NAMES 8
#define ASSET_SEARCH_NETWORKS 24

struct asset_search {
	struct buf sent, received, named;
	bool partial; /* it has more identifiers than are searched for */
};

/* identifiers: as identifiers_finish() leaves them. asset_search_done() when finished. */
void asset_search_write(struct str identifiers, struct asset_search *ret_search);
void asset_search_done(struct asset_search *search);

/* "10.0.0.0/8,fc00::/7" as a search for sources in these networks; appends nothing where there are none. */
void asset_search_inside(struct str networks, struct buf *out);

#endif
