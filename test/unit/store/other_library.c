/* SPDX-License-Identifier: Apache-2.0 */
/* A shared library that is not the engine. */
int other_library_answer(void);

int other_library_answer(void)
{
	return 42;
}
