//+------------------------------------------------------------------+
//| CalendarExport: writes the terminal's economic calendar to a     |
//| file, so that a program outside the terminal can read it.        |
//|                                                                  |
//| A service: it needs no chart. Compile it in MetaEditor (it       |
//| belongs into MQL5\Services), then in the Navigator: Services,    |
//| Add Service, Start. It starts again with the terminal.           |
//|                                                                  |
//| Written every InpEveryMinutes, whole or not at all: first beside |
//| the file, then moved over it. The times in the file are the      |
//| trade server's clock, as the calendar gives them; the offset     |
//| from UTC stands beside them, measured while the server ticks.    |
//+------------------------------------------------------------------+
#property service
#property copyright "MIT licence"
#property version   "1.00"
#property description "Writes the economic calendar of the coming days to a JSON file."

input int    InpEveryMinutes = 10;                // Minutes between two exports
input int    InpDaysBack     = 1;                 // Days before now
input int    InpDaysAhead    = 7;                 // Days after now
input string InpFile         = "calendar.json";   // File name
input bool   InpCommonFolder = true;              // In the folder all terminals share

//+------------------------------------------------------------------+
//| The service: export, wait, and so on until it is stopped.        |
//+------------------------------------------------------------------+
void OnStart()
  {
   while(!IsStopped())
     {
      Export();
      // Short naps, so that stopping the service does not take minutes.
      for(int second = 0; second < InpEveryMinutes * 60 && !IsStopped(); second++)
         Sleep(1000);
     }
  }

//+------------------------------------------------------------------+
//| Server clock minus UTC in seconds, rounded to a quarter of an    |
//| hour. Both clocks are the terminal's; TimeGMT needs a computer   |
//| whose clock is right.                                            |
//+------------------------------------------------------------------+
int ServerOffset()
  {
   const double quarters = (double)(TimeTradeServer() - TimeGMT()) / 900.0;
   return((int)MathRound(quarters) * 900);
  }

//+------------------------------------------------------------------+
//| Writes one file. Nothing is written when the calendar does not   |
//| answer: an old file is better than an empty one, and its reader  |
//| sees how old it is.                                              |
//+------------------------------------------------------------------+
void Export()
  {
   if(!TerminalInfoInteger(TERMINAL_CONNECTED))
      return;
   const datetime from = TimeTradeServer() - InpDaysBack * 86400;
   const datetime to   = TimeTradeServer() + InpDaysAhead * 86400;
   MqlCalendarValue values[];
   ResetLastError();
   if(!CalendarValueHistory(values, from, to))
     {
      Print("CalendarExport: the calendar does not answer, error ", GetLastError());
      return;
     }

   string rows = "";
   int    written = 0;
   for(int i = 0; i < ArraySize(values); i++)
     {
      MqlCalendarEvent   event;
      MqlCalendarCountry country;
      // One event that cannot be described would be one release nobody stays out of.
      if(!CalendarEventById(values[i].event_id, event) ||
         !CalendarCountryById(event.country_id, country))
        {
         Print("CalendarExport: event ", values[i].event_id, " is not described; not exported");
         return;
        }
      if(written > 0)
         rows += ",\n";
      rows += StringFormat("    {\"title\": \"%s\", \"currency\": \"%s\", "
                           "\"time_server_s\": %I64d, \"impact\": \"%s\"}",
                           Escaped(event.name), country.currency,
                           (long)values[i].time, Impact(event.importance));
      written++;
     }

   string text = "{\n";
   text += "  \"format\": \"calendar-export\",\n";
   text += "  \"version\": 1,\n";
   text += StringFormat("  \"written_at\": \"%s\",\n", Stamp(TimeGMT()));
   text += StringFormat("  \"server_offset_s\": %d,\n", ServerOffset());
   text += StringFormat("  \"from_server_s\": %I64d,\n", (long)from);
   text += StringFormat("  \"to_server_s\": %I64d,\n", (long)to);
   text += StringFormat("  \"rows_count\": %d,\n", written);
   text += "  \"rows\": [\n" + rows + "\n  ]\n}\n";
   Write(text);
  }

//+------------------------------------------------------------------+
//| Beside the file, then over it. UTF-8 without a byte order mark:  |
//| the text is turned into bytes here and written as such.          |
//+------------------------------------------------------------------+
void Write(const string text)
  {
   const int    where  = InpCommonFolder ? FILE_COMMON : 0;
   const string beside = InpFile + ".new";
   uchar bytes[];
   const int count = StringToCharArray(text, bytes, 0, WHOLE_ARRAY, CP_UTF8) - 1; // no final zero
   const int handle = FileOpen(beside, FILE_WRITE | FILE_BIN | where);
   if(handle == INVALID_HANDLE)
     {
      Print("CalendarExport: ", beside, " cannot be opened, error ", GetLastError());
      return;
     }
   const uint done = FileWriteArray(handle, bytes, 0, count);
   FileClose(handle);
   if((int)done != count)
     {
      Print("CalendarExport: ", beside, " could not be written whole, error ", GetLastError());
      return;
     }
   if(!FileMove(beside, where, InpFile, where | FILE_REWRITE))
      Print("CalendarExport: ", InpFile, " is held by another program, error ", GetLastError());
  }

//+------------------------------------------------------------------+
//| The importance in a word; the reader counts what it does not     |
//| know as high.                                                    |
//+------------------------------------------------------------------+
string Impact(const ENUM_CALENDAR_EVENT_IMPORTANCE importance)
  {
   switch(importance)
     {
      case CALENDAR_IMPORTANCE_HIGH:
         return("high");
      case CALENDAR_IMPORTANCE_MODERATE:
         return("moderate");
      case CALENDAR_IMPORTANCE_LOW:
         return("low");
      case CALENDAR_IMPORTANCE_NONE:
         return("none");
     }
   return("unknown");
  }

//+------------------------------------------------------------------+
//| A moment as ISO 8601 in UTC.                                     |
//+------------------------------------------------------------------+
string Stamp(const datetime moment)
  {
   MqlDateTime parts;
   TimeToStruct(moment, parts);
   return(StringFormat("%04d-%02d-%02dT%02d:%02d:%02dZ", parts.year, parts.mon, parts.day,
                       parts.hour, parts.min, parts.sec));
  }

//+------------------------------------------------------------------+
//| Text as it may stand in JSON, at most 200 characters.            |
//+------------------------------------------------------------------+
string Escaped(const string text)
  {
   string result = "";
   const int length = MathMin(StringLen(text), 200);
   for(int i = 0; i < length; i++)
     {
      const ushort letter = StringGetCharacter(text, i);
      if(letter == '"' || letter == '\\')
         result += "\\";
      result += letter < 32 ? " " : ShortToString(letter);
     }
   return(result == "" ? "untitled" : result);
  }
