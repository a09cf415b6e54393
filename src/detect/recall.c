/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/recall.h"

#include <stdlib.h>

#include "base/err.h"

void recall_init(struct recall *recall)
{
	recall->entries = calloc(RECALL_ENTRIES, sizeof(*recall->entries));
	recall->seen = calloc(RECALL_ENTRIES, sizeof(*recall->seen));
	must(recall->entries && recall->seen);
}

void recall_done(struct recall *recall)
{
	free(recall->entries);
	free(recall->seen);
}
