/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/problem.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
	const char *id, *title, *meaning, *advice;
} problems[AUDIT_PROBLEM_KINDS] = {
#define X(name, id, title, meaning, advice) [name] = {id, title, meaning, advice},
	AUDIT_PROBLEMS(X)
#undef X
};

const char *audit_problem_id(enum audit_problem_kind kind)
{
	return problems[kind].id;
}

const char *audit_problem_title(enum audit_problem_kind kind)
{
	return problems[kind].title;
}

const char *audit_problem_meaning(enum audit_problem_kind kind)
{
	return problems[kind].meaning;
}

const char *audit_problem_advice(enum audit_problem_kind kind)
{
	return problems[kind].advice;
}

void audit_tell(const struct audit_report *report, struct audit_problem problem, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(problem.text, sizeof(problem.text), fmt, args);
	va_end(args);
	report->problem(report->context, &problem);
}
