/* SPDX-License-Identifier: Apache-2.0 */
/* cairo 1.16 forgets 768 bytes of each PDF, fontconfig some of its own once: LeakSanitizer asks for such by
 * this name. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libcairo.so\nleak:libfontconfig.so\n";
}
