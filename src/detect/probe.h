/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_PROBE_H
#define DETECT_PROBE_H
/* What the maker and the reader of the index must agree on. */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

uint64_t number_key(double number);
bool text_is_ascii(struct str text);

#endif
