/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SENSOR_TEST_H
#define TEST_SENSOR_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka wants these before it */
#include <cmocka.h>

#include "frames.h"
#endif
