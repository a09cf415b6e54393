/* SPDX-License-Identifier: Apache-2.0 */
#include "document/private.h"

const struct style styles[STYLE_COUNT] = {
#define STYLE(id, docx_id, docx_name, face, ...) {docx_id, docx_name, FACE_##face, __VA_ARGS__},
	STYLES(STYLE)
#undef STYLE
};

#define SONGS "Noto Serif CJK SC,Source Han Serif SC,Source Han Serif CN,SimSun,NSimSun,AR PL UMing CN"
#define HEIS "Noto Sans CJK SC,Source Han Sans SC,Source Han Sans CN,SimHei,WenQuanYi Zen Hei"

const struct face_names faces[FACE_COUNT] = {
	[FACE_SONG] = {SONGS "," HEIS, "宋体", "SimSun"},
	[FACE_HEI] = {HEIS "," SONGS, "黑体", "SimHei"},
	[FACE_FANG] = {"FangSong,FangSong_GB2312,STFangsong," SONGS "," HEIS, "仿宋", "FangSong"},
};
