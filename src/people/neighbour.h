/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_NEIGHBOUR_H
#define PEOPLE_NEIGHBOUR_H
/* Whose an address probably is that no asset has: the unit that has the most assets in the same network. A
   guess for a person to confirm. */
#include <stdint.h>

#include "base/str.h"
#include "db/db.h"

#define NEIGHBOUR_V4_BITS 120 /* a /24 */
#define NEIGHBOUR_V6_BITS 64

/* unit_name lives until the visitor returns. */
typedef int neighbour_visit(void *context, int64_t unit, struct str unit_name, int64_t assets);

/* Calls visit once; ERR_END where no asset of a unit lies wholly in that network now. */
int neighbour_unit(struct db_tx *tx, const uint8_t ip[16], int64_t time, neighbour_visit *visit,
		   void *context);

#endif
