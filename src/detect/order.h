/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DETECT_ORDER_H
#define DETECT_ORDER_H
/* In which order the parts of a rule are decided: cheap ones first, else as they are written. */
#include "detect/ast.h"

/* Estimated work to decide a detection, in comparisons. */
uint64_t order_cost(const struct detection *detection);

/* Indices of children by rising cost; the caller frees them. */
uint32_t *order_detections(const struct detection *const *children, uint32_t count);
uint32_t *order_conditions(const struct condition *const *children, uint32_t count,
			   const uint64_t *selection_costs);

#endif
