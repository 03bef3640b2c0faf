/* SPDX-License-Identifier: MIT */
/* English first, then Chinese, as everywhere in this table. What stands in braces is in causes.h. */
#include "doctor/causes.h"

#include <string.h>

#define FAILED    UKB_CHECK_FAILED
#define WARNING   UKB_CHECK_WARNING
#define SKIPPED   UKB_CHECK_SKIPPED
#define NONE      UKB_REPAIR_NONE
#define AUTOMATIC UKB_REPAIR_AUTOMATIC
#define MANUAL    UKB_REPAIR_MANUAL

#define REPAIR                                                                                                         \
    {                                                                                                                  \
        "{repair}.", "请{repair}。"                                                                                  \
    }
#define NOTHING                                                                                                        \
    {                                                                                                                  \
        NULL, NULL                                                                                                     \
    }

/* clang-format off */
const struct ukb_cause_row ukb_causes[UKB_CAUSE_COUNT] = {
    [UKB_CAUSE_GOOD] = { UKB_CHECK_OK, NONE, NOTHING, NOTHING },
    [UKB_CAUSE_HOST_PART_MISSING] = { FAILED, MANUAL,
        { "A program of UKey Bridge is missing or may not be run, so it cannot work.",
          "UKey Bridge 缺少一个程序，或该程序不能执行，因此无法工作。" },
        { "Install UKey Bridge again; {1} must lie in one folder with the others and be executable.",
          "请重新安装 UKey Bridge；{1} 必须与其他程序放在同一文件夹，并且可以执行。" } },
    [UKB_CAUSE_BROWSER_UNUSED] = { SKIPPED, NONE,
        { "You have not used this browser here.", "您没有在本机使用过这个浏览器。" }, NOTHING },
    [UKB_CAUSE_MANIFEST_MISSING] = { FAILED, AUTOMATIC,
        { "This browser does not know where UKey Bridge is.", "这个浏览器找不到 UKey Bridge。" }, REPAIR },
    [UKB_CAUSE_MANIFEST_SPOILT] = { FAILED, AUTOMATIC,
        { "The file by which this browser finds UKey Bridge is damaged.", "浏览器用来查找 UKey Bridge 的登记文件已损坏。" },
        REPAIR },
    [UKB_CAUSE_MANIFEST_ELSEWHERE] = { FAILED, AUTOMATIC,
        { "This browser starts another program, or an old one, in place of this UKey Bridge.",
          "浏览器启动的不是当前的 UKey Bridge，而是别的或旧的程序。" }, REPAIR },
    [UKB_CAUSE_MANIFEST_STRANGER] = { FAILED, AUTOMATIC,
        { "The extension is not allowed to start UKey Bridge.", "登记文件没有允许扩展程序启动 UKey Bridge。" }, REPAIR },
    [UKB_CAUSE_MANIFEST_SHADOWS] = { FAILED, AUTOMATIC,
        { "A file of yours hides the good one that was installed for all users.",
          "您个人的登记文件有误，并且挡住了为所有用户安装的正确文件。" }, REPAIR },
    [UKB_CAUSE_MANIFEST_UNREADABLE] = { FAILED, MANUAL,
        { "The file by which this browser finds UKey Bridge cannot be read by you.", "您无权读取浏览器的登记文件。" },
        { "First run the command and examine again. {repair} after that.", "请先运行下面的命令并重新检测，然后{repair}。" } },
    [UKB_CAUSE_NATIVE_BLOCKED] = { FAILED, MANUAL,
        { "Your organisation's browser policy does not let this browser start UKey Bridge.",
          "单位的浏览器策略禁止浏览器启动 UKey Bridge。" },
        { "Ask your administrator to run the command, then start the browser again.",
          "请管理员运行下面的命令，然后重新启动浏览器。" } },
    [UKB_CAUSE_USER_LEVEL_OFF] = { FAILED, MANUAL,
        { "Your organisation's browser policy allows only programs that are installed for all users.",
          "单位的浏览器策略只允许为所有用户安装的程序。" },
        { "Ask your administrator to run the command, then start the browser again.",
          "请管理员运行下面的命令，然后重新启动浏览器。" } },
    [UKB_CAUSE_USER_LEVEL_OWN] = { FAILED, MANUAL,
        { "Your organisation's browser policy allows only programs that are installed for all users. This UKey Bridge "
          "lies where others than root can change it ({1}), so it cannot be one.",
          "单位的浏览器策略只允许为所有用户安装的程序。当前的 UKey Bridge 所在位置（{1}）可以被普通用户修改，不能为所有用户登记。" },
        { "Ask your administrator to install the package of UKey Bridge, then start the browser again.",
          "请管理员安装 UKey Bridge 的安装包，然后重新启动浏览器。" } },
    [UKB_CAUSE_EXTENSION_BLOCKED] = { FAILED, MANUAL,
        { "Your organisation's browser policy forbids the extension.", "单位的浏览器策略禁止安装本扩展程序。" },
        { "Ask your administrator to run the command, or to allow the extension in {1}; then start the browser again.",
          "请管理员运行下面的命令，或在 {1} 中允许本扩展程序，然后重新启动浏览器。" } },
    [UKB_CAUSE_EXTENSION_MEANT] = { FAILED, MANUAL,
        { "Your organisation's browser policy forbids this very extension.", "单位的浏览器策略专门禁止了本扩展程序。" },
        { "Ask your administrator to allow the extension {2} in {1}; then start the browser again.",
          "请管理员在 {1} 中允许扩展程序 {2}，然后重新启动浏览器。" } },
    [UKB_CAUSE_MANAGED_SPOILT] = { WARNING, MANUAL,
        { "A file of the browser policy is no JSON: it does not count, and it is not known what it was to forbid.",
          "一个浏览器策略文件不是有效的 JSON，因此不起作用，也无法判断它的内容。" },
        { "Ask your administrator to correct {1}, or to run the command, which moves it out of the folder that the browser "
          "reads.",
          "请管理员改正 {1}，或运行下面的命令，把它移出浏览器读取的文件夹。" } },
    [UKB_CAUSE_MANAGED_LARGE] = { WARNING, MANUAL,
        { "A file of the browser policy is too large to be looked into: it is not known what it forbids.",
          "一个浏览器策略文件过大，没有检测，无法判断它禁止什么。" },
        { "Ask your administrator to look into {1} for policies of native messaging and extensions, and to divide it.",
          "请管理员查看 {1} 中关于原生消息传递（native messaging）和扩展程序的策略，并把文件拆分。" } },
    [UKB_CAUSE_MANAGED_ACCESS] = { WARNING, MANUAL,
        { "A file of the browser policy cannot be read, not by the browser that you start either: what is in it does not count.",
          "一个浏览器策略文件无法读取，您启动的浏览器也不能读取，因此其中的策略不起作用。" },
        { "Ask your administrator to run the command, then start the browser again.",
          "请管理员运行下面的命令，然后重新启动浏览器。" } },
    [UKB_CAUSE_SANDBOXED] = { WARNING, MANUAL,
        { "{1} is installed as {2}: such a browser is locked in and cannot start UKey Bridge.",
          "{1} 是以 {2} 方式安装的，这种浏览器被隔离，不能启动 UKey Bridge。" },
        { "Use a browser from an ordinary package. The command removes the locked-in one.",
          "请改用普通安装包安装的浏览器。下面的命令会卸载被隔离的浏览器。" } },
    [UKB_CAUSE_POLICY_ACCESS] = { FAILED, MANUAL,
        { "The administrator's policy cannot be trusted or read, so no site may use the UKey.",
          "管理员策略文件的权限不对，因此任何网站都不能使用 UKey。" },
        { "Others could have changed {1}: ask your administrator to read it first and correct it. Only then let them run "
          "the command, and start the browser again.",
          "其他用户可能已经改过 {1}：请管理员先查看并改正文件内容，确认无误后再运行下面的命令，然后重新启动浏览器。" } },
    [UKB_CAUSE_POLICY_CONTENT] = { FAILED, MANUAL,
        { "The administrator's policy has a mistake, so no site may use the UKey.",
          "管理员策略文件有错误，因此任何网站都不能使用 UKey。" },
        { "Ask your administrator to correct this, then start the browser again: {1}",
          "请管理员改正下列错误，然后重新启动浏览器：{1}" } },
    [UKB_CAUSE_CONFIG_ACCESS] = { FAILED, AUTOMATIC,
        { "Other users may change your configuration, so it is not trusted and no site may use the UKey.",
          "其他用户可以修改您的配置文件，因此它不被信任，任何网站都不能使用 UKey。" },
        { "{repair}. This sets the file aside, for others could have changed it; sites that you allowed must be allowed "
          "again.",
          "请{repair}。其他用户可能已经改过这个文件，所以会改名保留，不再使用；您允许过的网站需要重新允许。" } },
    [UKB_CAUSE_CONFIG_FOREIGN] = { FAILED, MANUAL,
        { "Your configuration belongs to somebody else or cannot be read, so no site may use the UKey.",
          "您的配置文件属于其他用户或无法读取，因此任何网站都不能使用 UKey。" },
        { "Run the command, which sets it aside, then start the browser again; sites that you allowed must be allowed "
          "again.",
          "请运行下面的命令（原文件会改名保留），然后重新启动浏览器；您允许过的网站需要重新允许。" } },
    [UKB_CAUSE_CONFIG_CONTENT] = { FAILED, AUTOMATIC,
        { "Your configuration has a mistake, so no site may use the UKey.", "您的配置文件有错误，因此任何网站都不能使用 UKey。" },
        { "{repair}. This sets the file aside; sites that you allowed must be allowed again.",
          "请{repair}。原文件会被改名保留；您允许过的网站需要重新允许。" } },
    [UKB_CAUSE_NO_PORTALS] = { WARNING, MANUAL,
        { "No site is allowed to use the UKey yet.", "还没有任何网站被允许使用 UKey。" },
        { "Open your portal, click the icon of UKey Bridge and choose Always allow; where that is barred, ask your "
          "administrator to add the site to {1}.",
          "请打开您的采购平台，点击浏览器工具栏的 UKey Bridge 图标，选择“始终允许”；如果不能选择，请管理员把网站加入 {1}。" } },
    [UKB_CAUSE_PCSC_ABSENT] = { WARNING, MANUAL,
        { "This system has no PC/SC: UKeys that are smart cards are not seen.", "系统没有安装 PC/SC，智能卡类 UKey 无法识别。" },
        { "If your UKey is not found, run the command.", "如果找不到您的 UKey，请运行下面的命令。" } },
    [UKB_CAUSE_PCSC_STOPPED] = { FAILED, MANUAL,
        { "The smart card service (pcscd) does not run: UKeys that are smart cards are not seen.",
          "智能卡服务（pcscd）没有运行，智能卡类 UKey 无法识别。" },
        { "Run the command, then insert the UKey again.", "请运行下面的命令，然后重新插入 UKey。" } },
    [UKB_CAUSE_PCSC_REFUSED] = { FAILED, MANUAL,
        { "The smart card service (pcscd) refuses to serve you.", "智能卡服务（pcscd）拒绝为您服务。" },
        { "Sign in at the computer itself, not from afar, or run the command.", "请在本机登录而不是远程登录，或运行下面的命令。" } },
    [UKB_CAUSE_PCSC_HANGS] = { FAILED, MANUAL,
        { "The smart card service (pcscd) does not answer.", "智能卡服务（pcscd）没有响应。" },
        { "Unplug the UKey, run the command, then insert the UKey again.", "请拔下 UKey，运行下面的命令，再插入 UKey。" } },
    [UKB_CAUSE_READER_NONE] = { SKIPPED, NONE,
        { "PC/SC sees no reader. A UKey of another kind may work all the same.", "PC/SC 没有发现读卡器。其他类型的 UKey 仍可能可用。" },
        NOTHING },
    [UKB_CAUSE_CARD_UNSEEN] = { FAILED, MANUAL,
        { "There is a card in {1}, but no driver knows it: the one of this UKey is missing or not used.",
          "{1} 中有卡，但没有驱动能识别：缺少这种 UKey 的驱动，或驱动没有被使用。" },
        { "Install the driver of your UKey's maker, or name its PKCS#11 library under \"modules\" in {2}.",
          "请安装 UKey 厂商的驱动，或在 {2} 的 \"modules\" 中写明它的 PKCS#11 库。" } },
    [UKB_CAUSE_CARD_TAKEN] = { FAILED, MANUAL,
        { "Another program has the UKey in {1} for itself.", "{1} 中的 UKey 正被另一个程序独占。" },
        { "Quit these programs ({2}), such as other portals' controls, then try again.",
          "请先退出这些程序（{2}），例如其他省市的控件，然后重试。" } },
    [UKB_CAUSE_CARD_MUTE] = { WARNING, MANUAL,
        { "The card in {1} does not answer.", "{1} 中的卡没有响应。" },
        { "Unplug the UKey, wait a moment and insert it again, at another socket if need be.",
          "请拔下 UKey，稍等片刻再插入，必要时换一个 USB 接口。" } },
    [UKB_CAUSE_MODULE_NONE] = { FAILED, MANUAL,
        { "No driver for any UKey is installed.", "没有安装任何 UKey 驱动。" },
        { "Install the driver of your UKey's maker; for smart cards the command does.",
          "请安装 UKey 厂商的驱动；如果是智能卡，运行下面的命令即可。" } },
    [UKB_CAUSE_MODULE_MISSING] = { FAILED, MANUAL,
        { "The driver {1} cannot be loaded: UKeys that need it are not seen.", "驱动 {1} 无法加载，需要它的 UKey 无法识别。" },
        { "Install the driver of this UKey again, or take {1} out of \"modules\" in {2}.",
          "请重新安装这种 UKey 的驱动，或从 {2} 的 \"modules\" 中去掉 {1}。" } },
    [UKB_CAUSE_MODULE_CRASHED] = { FAILED, MANUAL,
        { "The driver {1} crashes: UKeys that need it cannot be used.", "驱动 {1} 会崩溃，需要它的 UKey 无法使用。" },
        { "Unplug the UKey and examine again. If that does not help, update the driver of this UKey, or take {1} out of "
          "\"modules\" in {2}.",
          "请拔下 UKey 后重新检测。如果没有好转，请更新这种 UKey 的驱动，或从 {2} 的 \"modules\" 中去掉 {1}。" } },
    [UKB_CAUSE_MODULE_HUNG] = { FAILED, MANUAL,
        { "The driver {1} does not answer: UKeys that need it cannot be used.", "驱动 {1} 没有响应，需要它的 UKey 无法使用。" },
        { "Unplug the UKey and examine again. If that does not help, update the driver of this UKey, or take {1} out of "
          "\"modules\" in {2}.",
          "请拔下 UKey 后重新检测。如果没有好转，请更新这种 UKey 的驱动，或从 {2} 的 \"modules\" 中去掉 {1}。" } },
    [UKB_CAUSE_MODULE_LEFT_OUT] = { WARNING, MANUAL,
        { "There are more drivers than are used: {1} are left out.", "驱动太多，有 {1} 个没有被使用。" },
        { "Set \"systemModules\" to false in {2} and name there the drivers that you need.",
          "请在 {2} 中把 \"systemModules\" 设为 false，并写明需要的驱动。" } },
    [UKB_CAUSE_MODULE_TROUBLED] = { WARNING, AUTOMATIC,
        { "The driver {1} crashed or hung lately (counted: {2}). Now it works.", "驱动 {1} 最近崩溃或无响应过（{2} 次），现在正常。" },
        { "If it happens again, update the driver of this UKey. {repair} to start counting anew.",
          "如果再次发生，请更新这种 UKey 的驱动。请{repair}，重新计数。" } },
    [UKB_CAUSE_MODULE_STILL_TROUBLED] = { WARNING, MANUAL,
        { "The driver {1} crashed or hung lately (counted: {2}).", "驱动 {1} 最近崩溃或无响应过（{2} 次）。" },
        { "Do first what is said of {1} under \"Drivers of UKeys (PKCS#11 modules)\".",
          "请先按照“UKey 驱动（PKCS#11 模块）”中关于 {1} 的说明处理。" } },
    [UKB_CAUSE_SAME_TOKEN] = { WARNING, MANUAL,
        { "Two drivers serve one UKey: {1} and {2}. The first is used; they may disturb each other.",
          "{1} 和 {2} 两个驱动识别到同一个 UKey。系统使用前者；它们可能互相干扰。" },
        { "Take {2} out of \"modules\", or uninstall the driver that you do not need.",
          "请从 \"modules\" 中去掉 {2}，或卸载不需要的驱动。" } },
    [UKB_CAUSE_OTHER_PROGRAM] = { WARNING, MANUAL,
        { "The program {1} is using a driver of UKeys at this moment and may bar the UKey.",
          "程序 {1} 正在使用 UKey 驱动，可能占用 UKey。" },
        { "If reading or writing the UKey fails, quit {1} and try again.", "如果读写 UKey 失败，请先退出 {1}，然后重试。" } },
    [UKB_CAUSE_OTHER_SERVICE] = { WARNING, MANUAL,
        { "Another portal's local service is running: {1}. It may bar the UKey while a certificate is written.",
          "本机正在运行其他平台的本地服务：{1}。写入证书时它可能与本程序冲突。" },
        { "Quit it ({2}) before you renew.", "延期之前请先退出它（{2}）。" } },
    [UKB_CAUSE_DIALOG_NONE] = { FAILED, MANUAL,
        { "There is no working program for the PIN window, so no PIN can be entered.", "没有可用的 PIN 码窗口程序，无法输入 PIN 码。" },
        { "Run the command.", "请运行下面的命令。" } },
    [UKB_CAUSE_DIALOG_CONFIGURED] = { FAILED, MANUAL,
        { "The program for the PIN window that {1} names does not work, so no PIN can be entered.",
          "{1} 中指定的 PIN 码窗口程序无法使用，因此不能输入 PIN 码。" },
        { "Take \"pinentry\" out of {1}, or name a program there that works.",
          "请从 {1} 中去掉 \"pinentry\"，或改为可用的程序。" } },
    [UKB_CAUSE_DIALOG_HANGS] = { FAILED, MANUAL,
        { "The program for the PIN window does not start in time.", "PIN 码窗口程序没有及时启动。" },
        { "Close other PIN windows; sign out and in again.", "请关闭其他 PIN 码窗口；注销后重新登录。" } },
    [UKB_CAUSE_DISPLAY_NONE] = { FAILED, MANUAL,
        { "This session has no screen, so no PIN window can be shown.", "当前会话没有图形界面，无法显示 PIN 码窗口。" },
        { "Sign in to the desktop of this computer and start the browser there.", "请登录本机桌面，并在桌面中启动浏览器。" } },
    [UKB_CAUSE_DISPLAY_UNREACHABLE] = { FAILED, MANUAL,
        { "The screen that this session names ({1}) does not answer.", "当前会话指定的显示（{1}）无法连接。" },
        { "Sign out of the desktop and in again, and start the browser there.", "请注销桌面并重新登录，然后在桌面中启动浏览器。" } },
    [UKB_CAUSE_JOURNAL_NONE] = { UKB_CHECK_OK, NONE,
        { "Nothing has been done yet that is kept in it.", "还没有需要记录的操作。" }, NOTHING },
    [UKB_CAUSE_JOURNAL_ACCESS] = { FAILED, AUTOMATIC,
        { "Other users may change the renewal records, so they are not used and nothing can be renewed.",
          "其他用户可以修改办理记录，因此不能使用，无法办理延期。" },
        { "{repair}. This sets the records aside, for others could have changed them, and new ones are begun. The UKey "
          "itself is not touched.",
          "请{repair}。其他用户可能已经改过记录，所以会改名保留，并新建记录。UKey 本身不受影响。" } },
    [UKB_CAUSE_JOURNAL_FOREIGN] = { FAILED, MANUAL,
        { "The renewal records belong to another user, so nothing can be renewed.", "办理记录属于其他用户，无法办理延期。" },
        { "Run the command. This sets the records aside and new ones are begun. The UKey itself is not touched.",
          "请运行下面的命令。原记录会改名保留，并新建记录。UKey 本身不受影响。" } },
    [UKB_CAUSE_JOURNAL_DAMAGED] = { FAILED, AUTOMATIC,
        { "The renewal records are damaged, so nothing can be renewed. The UKey itself is not touched by that.",
          "办理记录已损坏，无法办理延期。UKey 本身不受影响。" },
        { "{repair}. The damaged file is set aside and new records are begun.", "请{repair}。损坏的文件会改名保留，并新建记录。" } },
    [UKB_CAUSE_JOURNAL_NEWER] = { FAILED, MANUAL,
        { "The renewal records were made by a newer UKey Bridge.", "办理记录由更新版本的 UKey Bridge 创建。" },
        { "Install the newest UKey Bridge.", "请安装最新版本的 UKey Bridge。" } },
    [UKB_CAUSE_JOURNAL_UNAVAILABLE] = { FAILED, MANUAL,
        { "The renewal records cannot be used, so nothing can be renewed.", "办理记录无法使用，不能办理延期。" },
        { "Run the command. If that does not help, see whether the disk is full or broken.",
          "请运行下面的命令。如果没有好转，请检查磁盘是否已满或损坏。" } },
    [UKB_CAUSE_RENEWAL_INTERRUPTED] = { WARNING, MANUAL,
        { "A renewal was interrupted. Nothing is lost: it is finished or undone at the next step.",
          "有一次更新被中断。证书没有丢失，下一步会自动完成或撤销。" },
        { "Insert this UKey and choose Continue the renewal in the extension's window, or run the command; the PIN is asked for.",
          "请插入这个 UKey，在扩展程序窗口中点击“继续未完成的更新”，或运行下面的命令；需要输入 PIN 码。" } },
    [UKB_CAUSE_RENEWAL_ATTENTION] = { WARNING, MANUAL,
        { "The UKey was changed elsewhere while a renewal was open, so UKey Bridge leaves it alone.",
          "延期过程中 UKey 在别处被改动过，UKey Bridge 没有再处理它。" },
        { "Look at the certificates on the UKey. If they are right, run the command to give up the old renewal; "
          "otherwise ask your certificate authority (CA).",
          "请查看 UKey 中的证书。如果正确，运行下面的命令放弃旧的延期；否则请联系发证机构（CA）。" } },
    [UKB_CAUSE_LOCKS_ACCESS] = { FAILED, AUTOMATIC,
        { "Other users may change the folder of locks, so the UKey cannot be used.", "其他用户可以修改锁文件夹，UKey 无法使用。" },
        REPAIR },
    [UKB_CAUSE_LOCKS_FOREIGN] = { FAILED, MANUAL,
        { "The folder of locks belongs to another user, so the UKey cannot be used.", "锁文件夹属于其他用户，UKey 无法使用。" },
        { "Run the command.", "请运行下面的命令。" } },
    [UKB_CAUSE_DISK_LOW] = { FAILED, MANUAL,
        { "There is hardly any room left on the disk: a renewal is refused before it begins.",
          "磁盘空间不足，延期会在开始之前被拒绝。" },
        { "Delete files that you do not need from the disk that holds {1}.", "请删除 {1} 所在磁盘上不需要的文件。" } },
    [UKB_CAUSE_CLOCK_BEHIND] = { FAILED, MANUAL,
        { "No certificate is valid yet: the clock of this computer is behind.", "所有证书都显示尚未生效：本机时间很可能过早。" },
        { "Set date and time right; the command lets the computer keep them right by itself.",
          "请校正日期和时间；运行下面的命令可让系统自动对时。" } },
    [UKB_CAUSE_NOT_ASKED] = { SKIPPED, NONE,
        { "This could not be examined.", "这一项无法检测。" }, NOTHING },
};
/* clang-format on */

const char *
ukb_cause_repair(enum ukb_doctor_lang lang, bool at_terminal)
{
    static const char *const texts[UKB_DOCTOR_LANG_COUNT][2] = {
        [UKB_DOCTOR_EN] = { "Press Repair", "Run \"ukeybridge doctor --repair\"" },
        [UKB_DOCTOR_ZH] = { "点击“修复”", "运行 ukeybridge doctor --repair" },
    };

    return texts[lang][at_terminal ? 1 : 0];
}

/* What stands for the placeholder that @p text begins with, and how long that is; NULL: it begins with none. */
static const char *
value_at(const char *text, const struct ukb_cause_values *values, size_t *ret_len)
{
    const struct {
        const char *name;
        const char *value;
    } rows[] = { { "{1}", values->first }, { "{2}", values->second }, { "{repair}", values->repair } };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        *ret_len = strlen(rows[i].name);
        if (strncmp(text, rows[i].name, *ret_len) == 0) {
            return rows[i].value;
        }
    }
    return NULL;
}

enum ukb_status
ukb_cause_fill(const char *text, const struct ukb_cause_values *values, struct ukb_buf *buf, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;

    while (st == UKB_OK && *text != '\0') {
        const size_t plain = strcspn(text, "{");
        const char *value = NULL;
        size_t len = 0;

        st = ukb_buf_append(buf, text, plain, reterr);
        text += plain;
        value = value_at(text, values, &len);
        if (st == UKB_OK && value != NULL) {
            st = ukb_buf_append_text(buf, value, reterr);
            text += len;
        } else if (st == UKB_OK && *text != '\0') {
            st = ukb_buf_append(buf, text++, 1, reterr); /* a brace of its own, as in JSON */
        }
    }
    return st;
}
