/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_FREQUENCY_H
#define DETECT_FREQUENCY_H
/*
 * How common a text is estimated to be inside the values that rules look at. Known
 * are some texts that real events are full of (frequency.c, measured on recorded
 * Windows and Linux hosts); of others a longer one is rarer, and what many rules speak of
 * is commoner than what one does.
 */
#include "base/str.h"
#include "detect/grams.h"

struct frequencies;
struct frequencies *frequencies_new(void);
void frequencies_free(struct frequencies *frequencies);

/* A text, in lower case, that some rule looks for. */
void frequencies_add(struct frequencies *frequencies, struct str text);

/* The estimated share of values that contain text, in lower case: above 0, at most 0.9. */
double frequency_of(const struct frequencies *frequencies, struct str text);

/* The share that is known: that of the rarest part of it in texts that events are full of; 0 where there is
 * none.
 */
double frequency_known(const struct frequencies *frequencies, struct str text);

/* Of grams: what rules and events are full of, to choose rare ones by. */
const struct gram_counts *frequencies_grams(const struct frequencies *frequencies);

#endif
