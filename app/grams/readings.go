package grams

// families are the family names that are read otherwise than their characters
// usually are, each with what people type for it; "'" stands between syllables.
var families = map[string]string{
	"单": "shan dan", "曾": "zeng ceng", "仇": "qiu chou", "区": "ou qu", "解": "xie jie", "查": "zha cha", "盖": "gai ge", "乐": "le yue",
	"朴": "piao pu", "翟": "zhai di", "缪": "miao mou", "覃": "qin tan", "种": "chong zhong", "员": "yun yuan",
	"折": "she zhe", "秘": "bi mi", "繁": "po fan", "黑": "he hei", "重": "chong zhong", "谌": "chen shen",
	"洗": "xian xi", "车": "che ju", "召": "shao zhao", "郇": "xun huan", "郗": "xi chi", "隗": "wei kui",
	"褚": "chu zhu", "柏": "bai bo", "贾": "jia gu", "尉": "wei yu", "沈": "shen chen",
	"祭": "zhai ji", "长": "chang zhang", "牟": "mu mou", "行": "xing hang", "俞": "yu shu", "都": "du",
	"莘": "shen xin", "薄": "bo bao",
	"卜": "bu", "晟": "cheng sheng", "朝": "chao zhao", "句": "gou ju", "射": "she ye",
	"不": "fou bu", "参": "can shen", "适": "shi kuo", "宿": "su xiu", "厘": "xi li",
	"尉迟": "yu wei'chi", "万俟": "mo wan'qi si", "长孙": "zhang chang'sun", "宇文": "yu'wen", "单于": "chan shan'yu", "澹台": "tan dan'tai",
	"令狐": "ling'hu", "吐谷": "tu'yu gu",
}

// given are the characters of given names that are read in several ways.
var given = map[rune]string{
	'乐': "le yue", '长': "chang zhang", '朝': "chao zhao", '重': "chong zhong", '行': "xing hang", '茜': "qian xi", '晟': "sheng cheng",
	'单': "dan shan", '曾': "zeng ceng", '解': "jie xie", '朴': "pu piao", '藏': "cang zang", '都': "du dou",
	'盛': "sheng cheng", '参': "can shen", '柏': "bai bo", '莎': "sha suo",

	'尉': "wei yu", '仇': "chou qiu", '种': "zhong chong", '贾': "jia gu", '奇': "qi ji", '颉': "jie xie",
	'沈': "shen chen", '翟': "zhai di", '覃': "qin tan", '率': "shuai lv",
}
