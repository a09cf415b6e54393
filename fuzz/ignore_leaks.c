/* SPDX-License-Identifier: Apache-2.0 */
/* AddressSanitizer asks for its options by this name. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
