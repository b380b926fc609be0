using SituationMap.Geo.Outlines;
using SituationMap.Store.Files;

namespace SituationMap.Store.Imports;

/// <summary>What kind of geometry a row has.</summary>
public enum GeometryKind
{
    None,
    Surface,
    Point,
}

/// <summary>What can be imported: its fields and what they are called elsewhere.</summary>
public sealed record ImportCollection(string Name, GeometryKind Geometry, IReadOnlyList<ImportField> Fields)
{
    private const string Instant = "a date and time such as 2020-02-05T09:00+08:00, 2020-02-05 09:00 or 2020年2月5日";

    /// <summary>The widest and highest outline that can be one; null: any. What is drawn and looked up at high zooms costs by its
    /// extent.</summary>
    public double? MaxDegrees =>
        Name switch
        {
            "buildings" => 0.2,
            "zones" or "outlines" => OutlineCheck.MaxDegrees,
            _ => null,
        };

    private static readonly ImportField Grid = new(
        "grid",
        FieldKind.Code,
        "the code of a grid",
        ["grid", "gridcode", "网格", "网格编码", "所属网格"]
    );

    public static IReadOnlyList<ImportCollection> All { get; } =
    [
        new(
            "grids",
            GeometryKind.Surface,
            [
                Code(
                    "the grid's code, of letters, digits, _ and -",
                    "code",
                    "gridcode",
                    "adcode",
                    "编码",
                    "网格编码",
                    "代码",
                    "id",
                    "osmid",
                    "fid"
                ),
                new("parent", FieldKind.Code, "the code of the grid above", ["parentcode", "parent", "上级编码", "上级网格", "上级"]),
                new("level", FieldKind.Choice, "province, city, district, street, community or grid", ["level", "层级", "级别", "类型"])
                {
                    Choices = Choices(
                        "province 省 自治区 直辖市",
                        "city 市 地级市",
                        "district 区 县 区县 county",
                        "street 街道 镇 乡 乡镇 town township subdistrict",
                        "community 社区 村 居委会 village",
                        "grid 网格"
                    ),
                },
                new("name", FieldKind.Text, "the grid's name", ["name", "gridname", "名称", "网格名称", "namezh"]) { IsRequired = true },
            ]
        ),
        new(
            "buildings",
            GeometryKind.Surface,
            [
                Code(
                    "the building's code",
                    "code",
                    "buildingcode",
                    "bldgcode",
                    "楼栋编码",
                    "建筑编码",
                    "楼栋编号",
                    "编码",
                    "编号",
                    "id",
                    "osmid",
                    "fid",
                    "objectid",
                    "entityhandle"
                ),
                Grid,
                new(
                    "address",
                    FieldKind.Text,
                    "the address",
                    ["address", "addr", "地址", "楼栋地址", "门牌", "name", "名称", "楼栋名称", "namezh"]
                ),
                new(
                    "kind",
                    FieldKind.Choice,
                    "house, slab, tower, shop or other",
                    ["kind", "buildingtype", "类型", "建筑类型", "用途", "building"]
                )
                {
                    Choices = Choices(
                        "house detached bungalow terrace farm 平房 别墅 自建房",
                        "slab apartments residential dormitory 住宅 板楼 宿舍 公寓",
                        "tower 塔楼 高层",
                        "shop retail commercial supermarket 商铺 商业 店铺",
                        "other yes 其他"
                    ),
                    Otherwise = "other",
                },
                Number("floors", 1, 120, "floors", "buildinglevels", "levels", "storeys", "floor", "层数", "楼层数", "总层数", "楼层"),
                Number("units", 0, 100, "units", "entrances", "单元数", "单元"),
            ]
        ),
        new(
            "households",
            GeometryKind.None,
            [
                Code("the household's code", "code", "household", "householdcode", "户编码", "户号", "户编号", "编码", "编号", "id"),
                new(
                    "building",
                    FieldKind.Code,
                    "the code of the building",
                    ["building", "buildingcode", "楼栋编码", "楼栋编号", "楼栋", "建筑编码"]
                )
                {
                    IsRequired = true,
                },
                Number("unit", 1, 100, "unit", "entrance", "单元", "单元号"),
                Number("floor", -5, 120, "floor", "storey", "楼层", "层"),
                new("room", FieldKind.Door, Doors.Expected, ["room", "door", "房间", "房号", "室", "门牌", "户室"]) { IsRequired = true },
                Number("doors", 1, 10, "doors", "joined", "门数", "打通户数", "合并户数"),
                new("tenure", FieldKind.Choice, "owned or let", ["tenure", "产权", "房屋性质", "租住"])
                {
                    Choices = Choices("owned 自有 自住 产权", "let rented 租住 出租 租赁 租"),
                },
                new("passIssuedAt", FieldKind.Instant, Instant, ["passissuedat", "发证时间"]) { MayBeCleared = true },
            ]
        ),
        new(
            "persons",
            GeometryKind.None,
            [
                Code("the person's code", "code", "person", "personcode", "人员编码", "人员编号", "编码", "编号", "id"),
                new("household", FieldKind.Code, "the code of the household", ["household", "householdcode", "户编码", "户号", "户编号"])
                {
                    IsRequired = true,
                },
                new(
                    "born",
                    FieldKind.Year,
                    "the year of birth, from 1880 to this one, or a date",
                    ["born", "birthyear", "yearofbirth", "出生年", "出生年份", "出生日期", "birthdate", "birthday"]
                )
                {
                    Least = 1880,
                    MayBeCleared = true,
                },
                new("sex", FieldKind.Choice, "female or male", ["sex", "gender", "性别"])
                {
                    Choices = Choices("female f 女 女性", "male m 男 男性"),
                    MayBeCleared = true,
                },
                new("name", FieldKind.Personal, "a name of at most 100 characters", ["name", "fullname", "姓名"]) { MayBeCleared = true },
                new(
                    "phone",
                    FieldKind.Personal,
                    "a phone number of 5 to 15 digits",
                    ["phone", "mobile", "tel", "telephone", "电话", "手机", "手机号", "联系电话"]
                )
                {
                    MayBeCleared = true,
                },
                new(
                    "number",
                    FieldKind.Personal,
                    "an identity number with its check digit",
                    ["number", "idnumber", "idcard", "身份证", "身份证号", "身份证号码", "证件号码"]
                )
                {
                    MayBeCleared = true,
                },
            ]
        ),
        new(
            "checkpoints",
            GeometryKind.Point,
            [
                Code("the checkpoint's code", "code", "checkpointcode", "卡口编码", "卡点编码", "编码", "编号", "id", "osmid"),
                Grid,
                new("name", FieldKind.Text, "the checkpoint's name", ["name", "名称", "卡口名称", "卡点名称", "namezh"]),
                new("manned", FieldKind.Choice, "true or false", ["manned", "值守", "有人值守"])
                {
                    Choices = Choices("true yes 1 是 有", "false no 0 否 无"),
                },
            ]
        ),
        new(
            "zones",
            GeometryKind.Surface,
            [
                Code("the zone's code", "code", "zonecode", "区域编码", "编码", "编号", "id"),
                new("name", FieldKind.Text, "the zone's name", ["name", "名称", "区域名称"]) { IsRequired = true },
                new(
                    "level",
                    FieldKind.Text,
                    "a level of the protocol edition in force",
                    ["level", "risk", "risklevel", "风险等级", "等级", "级别"]
                )
                {
                    IsRequired = true,
                },
                new("from", FieldKind.Instant, Instant, ["from", "effectivefrom", "start", "生效时间"]),
                new("to", FieldKind.Instant, Instant, ["to", "effectiveto", "end", "结束时间"]) { MayBeCleared = true },
                new("reason", FieldKind.Text, "why", ["reason", "原因", "依据"]),
            ]
        ),
    ];

    /// <summary>The fields of a row's geometry: as WKT, or two coordinates.</summary>
    public string[] GeometryFields =>
        Geometry switch
        {
            GeometryKind.Surface => ["wkt"],
            GeometryKind.Point => ["wkt", "x", "y"],
            _ => [],
        };

    /// <summary>What a person may be found by; kept of persons alone, encrypted.</summary>
    private static readonly HashSet<string> Personal = new(StringComparer.Ordinal)
    {
        "name",
        "fullname",
        "姓名",
        "phone",
        "mobile",
        "tel",
        "telephone",
        "电话",
        "手机",
        "手机号",
        "联系电话",
        "idnumber",
        "idcard",
        "身份证",
        "身份证号",
        "证件号码",
    };

    /// <summary>What columns may be called that are read, by which a heading is known.</summary>
    public IEnumerable<string> Aliases => Fields.SelectMany(one => one.Aliases).Concat(GeometryFields.SelectMany(FieldMapping.AliasesOf));

    public static ImportCollection? Find(string? name) => All.FirstOrDefault(collection => collection.Name == name);

    /// <summary>Whether a column is of persons' names or numbers, which are not taken.</summary>
    public bool Withholds(string column) => Name == "households" && Personal.Contains(Heading.Plain(column));

    private static ImportField Code(string expected, params string[] aliases) =>
        new("code", FieldKind.Code, expected, aliases) { IsRequired = true };

    private static ImportField Number(string name, int least, int most, params string[] aliases) =>
        new(name, FieldKind.Number, $"a whole number from {least} to {most}", aliases) { Least = least, Most = most };

    /// <summary>Each line: what the store has, then what files write.</summary>
    private static Dictionary<string, string> Choices(params string[] lines) =>
        lines
            .SelectMany(line => line.Split(' ').Select(word => (word, line.Split(' ')[0])))
            .ToDictionary(pair => pair.word, pair => pair.Item2, StringComparer.OrdinalIgnoreCase);
}
