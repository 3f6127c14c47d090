namespace Trawl.Keyframes;

/// <summary>A picture that is put together of others and of numbers: RGB, three bytes a pixel.</summary>
sealed class Canvas
{
    const byte Ground = 0x20;
    const byte Ink = 0xE8;
    const int GlyphWidth = 5;
    const int GlyphHeight = 7;
    const int Scale = 2;

    /// <summary>How coarsely it is stored, on ffmpeg's scale from 1 to 31.</summary>
    public const int Coarseness = 3;

    /// <summary>The height of a line of text, in pixels.</summary>
    public const int LineHeight = (GlyphHeight * Scale) + 8;

    // no fonts are needed where pictures are made
    static readonly Dictionary<char, string[]> Glyphs = new()
    {
        ['0'] = [" ### ", "#   #", "#  ##", "# # #", "##  #", "#   #", " ### "],
        ['1'] = ["  #  ", " ##  ", "  #  ", "  #  ", "  #  ", "  #  ", " ### "],
        ['2'] = [" ### ", "#   #", "    #", "   # ", "  #  ", " #   ", "#####"],
        ['3'] = ["#####", "   # ", "  #  ", "   # ", "    #", "#   #", " ### "],
        ['4'] = ["   # ", "  ## ", " # # ", "#  # ", "#####", "   # ", "   # "],
        ['5'] = ["#####", "#    ", "#### ", "    #", "    #", "#   #", " ### "],
        ['6'] = ["  ## ", " #   ", "#    ", "#### ", "#   #", "#   #", " ### "],
        ['7'] = ["#####", "    #", "   # ", "  #  ", " #   ", " #   ", " #   "],
        ['8'] = [" ### ", "#   #", "#   #", " ### ", "#   #", "#   #", " ### "],
        ['9'] = [" ### ", "#   #", "#   #", " ####", "    #", "   # ", " ##  "],
        [':'] = ["     ", "  #  ", "  #  ", "     ", "  #  ", "  #  ", "     "],
        ['.'] = ["     ", "     ", "     ", "     ", "     ", "  ## ", "  ## "],
        ['#'] = [" # # ", " # # ", "#####", " # # ", "#####", " # # ", " # # "],
    };

    public Canvas(int width, int height)
    {
        (Width, Height, Pixels) = (width, height, new byte[width * height * 3]);
        Pixels.AsSpan().Fill(Ground);
    }

    public int Width { get; }

    public int Height { get; }

    public byte[] Pixels { get; }

    /// <summary>Puts a picture down.</summary>
    public void Put(ReadOnlySpan<byte> pixels, int width, int height, int x, int y)
    {
        for (var row = 0; row < height; row++)
            pixels.Slice(row * width * 3, width * 3).CopyTo(Pixels.AsSpan((((y + row) * Width) + x) * 3));
    }

    /// <summary>Writes digits, colons, points and number signs; anything else is left blank.</summary>
    public void Write(string text, int x, int y)
    {
        foreach (var character in text)
        {
            if (Glyphs.TryGetValue(character, out var glyph))
                Draw(glyph, x, y);
            x += (GlyphWidth + 1) * Scale;
        }
    }

    void Draw(string[] glyph, int left, int top)
    {
        for (var y = 0; y < GlyphHeight * Scale; y++)
        for (var x = 0; x < GlyphWidth * Scale; x++)
            if (glyph[y / Scale][x / Scale] == '#' && left + x < Width && top + y < Height)
                Pixels.AsSpan((((top + y) * Width) + left + x) * 3, 3).Fill(Ink);
    }
}
