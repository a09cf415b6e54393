/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/frequency.h"

#include <stdlib.h>

#include "base/err.h"

#define SHARE_MAX 0.9
#define SHARE_MIN 0.0005
#define GUESS_MAX 0.3 /* of texts of which nothing is known */
#define SHARES 16384
#define GRAM_WEIGHT 400 /* a gram in all values counts as one in so many rules */

/* Texts and the percentage of values of a kind (paths of programs, command lines, registry keys, accounts …)
   that contain them, of the kind in which they are most common. */
static const struct {
	const char *text;
	double percent;
} hot_texts[] = {
	{":\\windows\\", 80},
	{"c:\\windows\\system32\\", 70},
	{"\\device\\harddiskvolume", 30},
	{":\\program files\\", 25},
	{":\\program files (x86)\\", 10},
	{":\\programdata\\", 10},
	{"c:\\users\\", 40},
	{"\\appdata\\local\\", 30},
	{"\\appdata\\local\\temp\\", 15},
	{"\\appdata\\roaming\\", 15},
	{"\\appdata\\local\\packages\\", 10},
	{"\\windows\\temp\\", 5},
	{":\\temp\\", 4},
	{"\\desktop\\", 5},
	{"\\downloads\\", 5},
	{"\\documents\\", 5},
	{"\\users\\public\\", 4},
	{"\\syswow64\\", 8},
	{"\\system32\\wbem\\", 8},
	{"\\system32\\config\\systemprofile\\", 8},
	{"\\windowspowershell\\v1.0\\powershell.exe", 8},
	{"\\microsoft.net\\framework64\\v4.0.30319\\", 6},
	{"\\microsoft\\windows\\", 15},
	{"\\microsoft office\\root\\office16\\", 5},
	{"\\windows defender\\", 5},
	{"\\google\\chrome\\application\\", 6},
	{"\\microsoft\\edge\\application\\", 6},
	{"\\mozilla firefox\\", 6},
	{"\\winsxs\\", 3},
	{"\\prefetch\\", 4},
	{"\\drivers\\", 4},
	{"\\inetpub\\", 4},
	{".exe", 90},
	{".exe\" ", 30},
	{".dll", 60},
	{".tmp", 10},
	{".log", 8},
	{".dat", 8},
	{".txt", 5},
	{".xml", 4},
	{".lnk", 3},
	{".ps1", 4},
	{".docx", 4},
	{".xlsx", 4},
	{"\\svchost.exe", 25},
	{"\\svchost.exe -k netsvcs -p -s ", 12},
	{"\\services.exe", 15},
	{"\\lsass.exe", 12},
	{"\\winlogon.exe", 6},
	{"\\wininit.exe", 3},
	{"\\csrss.exe", 5},
	{"\\smss.exe", 2},
	{"\\explorer.exe", 15},
	{"\\conhost.exe", 12},
	{"conhost.exe 0xffffffff -forcev1", 12},
	{"\\cmd.exe", 10},
	{"\\powershell.exe", 10},
	{"\\pwsh.exe", 1},
	{"\\rundll32.exe", 4},
	{"\\regsvr32.exe", 1},
	{"\\wmiprvse.exe -embedding", 8},
	{"\\searchindexer.exe /embedding", 6},
	{"\\dllhost.exe /processid:{", 4},
	{"\\taskhostw.exe", 4},
	{"\\runtimebroker.exe -embedding", 5},
	{"\\backgroundtaskhost.exe", 4},
	{"\\spoolsv.exe", 3},
	{"\\msmpeng.exe", 5},
	{"\\mpcmdrun.exe", 3},
	{"\\chrome.exe", 8},
	{"\\msedge.exe", 8},
	{"\\firefox.exe", 8},
	{"\\outlook.exe", 5},
	{"\\winword.exe", 4},
	{"\\excel.exe", 4},
	{"\\onedrive.exe", 4},
	{"\\teams.exe", 4},
	{"\\w3wp.exe", 3},
	{"\\net.exe", 2},
	{"\\reg.exe", 2},
	{"\\schtasks.exe", 2},
	{"\\wscript.exe", 1},
	{"\\mshta.exe", 1},
	{"\\msiexec.exe", 2},
	{"\\certutil.exe", 1},
	{"\\whoami.exe", 1},
	{"--type=renderer", 8},
	{" --type=", 10},
	{" -contentproc --channel=", 6},
	{"http://", 6},
	{"https://", 8},
	{"www.", 4},
	{".com/", 6},
	{"localhost", 3},
	{"127.0.0.1", 5},
	{" -c ", 6},
	{" -k ", 10},
	{" -p ", 10},
	{" -s ", 10},
	{" /c ", 8},
	{" -nop ", 3},
	{" -enc", 3},
	{" -command ", 3},
	{" -exec", 3},
	{" copy ", 1},
	{"nt authority\\system", 60},
	{"nt authority\\network service", 15},
	{"nt authority\\local service", 15},
	{"administrator", 15},
	{"authority", 50},
	{"system", 60},
	{"high", 20},
	{"medium", 20},
	{"microsoft", 40},
	{"windows", 70},
	{"microsoft corporation", 50},
	{"microsoft-windows-security-auditing", 60},
	{"microsoft-windows-sysmon", 60},
	{"security", 60},
	{"powershell", 12},
	{"service", 25},
	{"services", 15},
	{"users", 40},
	{"hklm\\software\\microsoft\\windows\\currentversion\\", 25},
	{"hklm\\system\\currentcontrolset\\services\\", 15},
	{"\\registry\\machine\\system\\controlset001\\control\\", 30},
	{"\\software\\microsoft\\windows nt\\currentversion\\", 10},
	{"\\software\\policies\\microsoft\\", 8},
	{"hku\\s-1-5-21-", 25},
	{"\\registry\\user\\s-1-5-21-", 15},
	{"md5=", 60},
	{"sha1=", 60},
	{"sha256=", 80},
	{"imphash=", 60},
	{"imphash=00000000000000000000000000000000", 30},
	{"0x1fffff", 10},
	{"0x1000", 30},
	{"0x1410", 10},
	{"0x1478", 10},
	{"dword (0x00000000)", 15},
	{"dword (0x00000001)", 15},
	{"c:\\windows\\system32\\ntdll.dll+", 60},
	{"c:\\windows\\system32\\kernelbase.dll+", 60},
	{"|unknown(", 5},
	{"/usr/bin/", 60},
	{"/usr/sbin/", 25},
	{"/usr/lib/", 25},
	{"/bin/sh", 15},
	{"/bin/bash", 15},
	{"/etc/", 15},
	{"/var/log/", 10},
	{"/var/lib/", 10},
	{"/tmp/", 8},
	{"/home/", 15},
	{"/dev/null", 8},
	{"root", 40},
	{"sudo", 8},
	{"systemd", 15},
	{"python", 8},
	{"success", 30},
	{"true", 25},
	{"false", 25},
	{"user", 30},
	{"show ", 10},
	{"login", 8},
	{"config", 10},
};

/* Of texts shorter than a gram: by length. */
static const double short_shares[GRAM_SIZE] = {SHARE_MAX, 0.5, 0.3, 0.15};
#define GRAM_SHARE 0.03 /* of a text of four bytes; each byte more halves it */

struct frequencies {
	struct gram_counts *counts;
	/* Of each hot gram, by hash, the highest percentage; two bytes and three as well. */
	uint8_t hot[SHARES];
};

static uint32_t gram_place(struct str gram)
{
	uint32_t word = (uint32_t)gram.len;

	for (size_t i = 0; i < gram.len; i++)
		word = word * 0x01000193 ^ (uint8_t)gram.ptr[i];
	return (word * UINT32_C(2654435761)) >> 18;
}

_Static_assert(SHARES == 1 << 14, "gram_place() gives 14 bits");

static void add_hot(struct frequencies *frequencies, struct str text, double percent)
{
	gram_counts_add(frequencies->counts, text, (uint32_t)(percent / 100 * GRAM_WEIGHT) + 1);
	for (size_t len = 2; len <= GRAM_SIZE; len++)
		for (size_t at = 0; at + len <= text.len; at++) {
			uint8_t *place = &frequencies->hot[gram_place(str_of(text.ptr + at, len))];

			*place = percent > *place ? (uint8_t)percent : *place;
		}
}

struct frequencies *frequencies_new(void)
{
	struct frequencies *frequencies = calloc(1, sizeof(*frequencies));

	must(frequencies);
	frequencies->counts = gram_counts_new();
	for (size_t i = 0; i < sizeof(hot_texts) / sizeof(hot_texts[0]); i++)
		add_hot(frequencies, str_from(hot_texts[i].text), hot_texts[i].percent);
	return frequencies;
}

void frequencies_free(struct frequencies *frequencies)
{
	gram_counts_free(frequencies->counts);
	free(frequencies);
}

void frequencies_add(struct frequencies *frequencies, struct str text)
{
	gram_counts_add(frequencies->counts, text, 1);
}

const struct gram_counts *frequencies_grams(const struct frequencies *frequencies)
{
	return frequencies->counts;
}

/* A text is as common as a hot one it is part of: no commoner than its rarest gram. */
double frequency_known(const struct frequencies *frequencies, struct str text)
{
	size_t len = text.len < GRAM_SIZE ? text.len : GRAM_SIZE;
	uint8_t lowest = 100;

	if (text.len < 2)
		return text.len && (text.ptr[0] == '\\' || text.ptr[0] == '/') ? SHARE_MAX : 0;
	for (size_t at = 0; at + len <= text.len && lowest; at++) {
		uint8_t share = frequencies->hot[gram_place(str_of(text.ptr + at, len))];

		lowest = share < lowest ? share : lowest;
	}
	return lowest / 100.0;
}

double frequency_of(const struct frequencies *frequencies, struct str text)
{
	double hot = frequency_known(frequencies, text), share = GRAM_SHARE;

	if (text.len < GRAM_SIZE) {
		share = short_shares[text.len];
	} else {
		for (size_t i = GRAM_SIZE; i < text.len && share > SHARE_MIN; i++)
			share /= 2;
		share = share < SHARE_MIN ? SHARE_MIN : share;
		share *= 1 + gram_counts_rarest(frequencies->counts, text) / 8.0;
		share = share < GUESS_MAX ? share : GUESS_MAX;
	}
	share = share > hot ? share : hot;
	return share < SHARE_MAX ? share : SHARE_MAX;
}
