/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_UNREGISTERED_H
#define WEB_UNREGISTERED_H
/* Inside web/: the kinds of what was seen and is in no register. */
#include "people/identifier.h"
#include "web/private.h"

/* "addresses" (also where empty), "hosts" or "names": ADDRESS, HOST, DOMAIN. False: has answered. */
bool unregistered_read_kind(struct call *call, struct str name, enum identifier_kind *ret_kind);

#endif
