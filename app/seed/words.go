package seed

import "strings"

// The words that bulk customers are made of.
var (
	surnames = strings.Split("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文", "")
	given    = strings.Split("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文辉力宁永健世广义兴良海山仁波贵福生龙元全胜学祥才发武新利清飞彬富顺信子成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆友裕河哲江浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以建家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘嘉怡雨欣悦涵萱梓晴诗雅琪瑶婷馨菲语彤沐柠", "")

	latinFirst = strings.Fields("Alice Brian Carol Daniel Emma Felix Grace Henry Irene Jack Kate Leo Maria Nathan Olivia Peter Quinn Rosa Simon Tina Victor Wendy Xavier Yuri Zoe Kobe Anna Ben Clara David")
	latinLast  = strings.Fields("Adams Baker Clark Davis Evans Fischer Garcia Harris Ito Johnson Kim Lopez Miller Nguyen Olsen Patel Rossi Smith Tanaka Ueda Vogel Wilson Young Zhang Bryant Chen Brown Lee Martin Novak")

	phones  = strings.Fields("130 131 132 133 135 136 137 150 151 152 153 155 156 157 158 159 166 170 171 173 175 176 177 178 180 181 182 183 184 185 186 187 188 189 191 195 196 197 198 199")
	handles = strings.Fields("sunny blue happy ocean cloud star moon river tiger panda maple coder cat fox wind rain leaf stone")

	channels  = []string{"phone", "phone", "phone", "qq", "wechat", "wechat", "email", "visit"}
	tags      = []string{"vip", "回访", "学生", "转行", "在职", "weekend", "price", "急"}
	inquiries = []string{
		"想学 Python 全栈,问学费和开班时间。", "在职,只能上周末班。", "零基础,担心跟不上。", "问能不能分期付款。", "想转行做运维,比较了两家机构。",
		"Asked about the weekend class and the price.", "Wants to change jobs within half a year.", "Heard of us from a classmate.",
	}
	notes = []string{
		"电话没人接,晚点再打。", "聊了课程大纲,比较感兴趣。", "说要和家里商量。", "约了周六来校区试听。", "觉得价格偏高,发了分期方案。", "最近加班,下个月再联系。",
		"已发课程资料到微信。", "对就业情况问得很细。", "No answer, will try again tonight.", "Sent the outline by e-mail.", "Asked for a discount.", "Will decide after the trial lesson.",
	}
)
