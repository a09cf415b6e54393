/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "notify/robot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char reason[ROBOT_REASON_SIZE] = "";
	enum verdict verdict = robot_judge(&robot_wecom, 200, str_of((const char *)data, size), reason);

	must(verdict == VERDICT_DELIVERED || reason[0]);
	return 0;
}
