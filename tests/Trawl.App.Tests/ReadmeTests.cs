using System.Text.RegularExpressions;
using Trawl.App.Tests.Shared;
using Trawl.Sandbox;
using Trawl.Sandbox.Faults;
using Trawl.Tests;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests;

/// <summary>The README keeps its word.</summary>
public partial class ReadmeTests(WorldFixture fixture)
{
    static readonly string Readme = File.ReadAllText(Path.Combine(House.Root, "README.md"));

    [Fact]
    public async Task The_sample_compiles_and_runs()
    {
        var sample = Sample().Match(Readme).Groups["code"].Value;
        sample.Trim().Split('\n').Length.ShouldBeLessThanOrEqualTo(15);
        using var folder = new TempFolder();
        var program = await BuildAsync(folder, sample);

        var run = await AppProgram.RunAsync(program, fixture.World, fixture.Posts[4].Url);

        run.Output.ShouldStartWith("gone: ");
    }

    [Fact]
    public async Task The_sample_of_an_extension_compiles_and_runs()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(House.Root, "docs", "extend.md"));
        page.Split('\n').Length.ShouldBeLessThanOrEqualTo(81);
        using var folder = new TempFolder();
        var program = await BuildAsync(folder, Sample().Match(page).Groups["code"].Value);
        await using var world = await SandboxWorld.StartAsync();
        world.Add(
            new FaultRule
            {
                Host = "clips.sandbox.test",
                Fault = "answer",
                Args = new Dictionary<string, string> { ["body"] = """{"title":"A clip"}""" },
            }
        );

        var ours = await AppProgram.RunAsync(program, world, "https://clips.sandbox.test/watch/12");
        world.Add(new FaultRule { Host = "www.tiktok.com", Fault = "status" });
        world.Add(new FaultRule { Host = "www.tikwm.com", Fault = "status" });
        var tiktok = await AppProgram.RunAsync(program, world, world.Links[1]);

        ours.Output.Trim().ShouldBe("clips clips-api: A clip", ours.Messages);
        tiktok.Output.Trim().ShouldEndWith("archive tool-missing");
    }

    static async Task<string> BuildAsync(TempFolder folder, string code)
    {
        await File.WriteAllTextAsync(folder.File("Program.cs"), code);
        await File.WriteAllTextAsync(
            folder.File("Sample.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <OutputPath>bin</OutputPath>
                <AppendTargetFrameworkToOutputPath>false</AppendTargetFrameworkToOutputPath>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="{Path.Combine(House.Root, "src/Trawl/Trawl.csproj")}" />
              </ItemGroup>
            </Project>
            """
        );
        var build = await AppProgram.RunAsync(
            "dotnet",
            null,
            "build",
            folder.File("Sample.csproj"),
            "-c",
            "Release",
            "-p:BuildProjectReferences=false",
            "-v",
            "quiet",
            "-nologo"
        );
        build.ExitCode.ShouldBe(0, build.Output);
        return folder.File("bin/Sample");
    }

    [Fact]
    public async Task The_page_of_failures_is_what_the_command_prints()
    {
        var run = await AppProgram.TrawlAsync(null, "failures", "--markdown");

        run.Output.ShouldBe(await File.ReadAllTextAsync(Path.Combine(House.Root, "docs", "failures.md")));
    }

    [Fact]
    public void Every_command_is_listed()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(House.Root, "src", "Trawl.App", "Commands"), "*Command.cs"))
            Readme.ShouldContain($"| `{Path.GetFileName(file).Replace("Command.cs", "").ToLowerInvariant()}`");
    }

    [Fact]
    public async Task Every_flag_of_get_is_listed()
    {
        var help = await AppProgram.TrawlAsync(null, "get", "--help");

        foreach (Match flag in Flag().Matches(help.Output))
            if (flag.Value is not ("--help" or "--version"))
                (
                    Readme.Contains($"`{flag.Value}") || Aliases.GetValueOrDefault(flag.Value) is { } alias && Readme.Contains($"`{alias}")
                ).ShouldBeTrue(flag.Value);
    }

    static readonly Dictionary<string, string> Aliases = new()
    {
        ["--paths"] = "-P",
        ["--output"] = "-o",
        ["--batch-file"] = "-a",
        ["--quiet"] = "-q",
        ["--verbose"] = "-v",
        ["--limit-rate"] = "-r",
    };

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex Flag();
}
