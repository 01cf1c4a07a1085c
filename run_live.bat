@echo off
rem Sets up, checks and starts the bot on a Windows machine beside the terminal, watched by bot watch,
rem which restarts it when it dies or hangs and raises the alarm.
rem
rem   run_live.bat [--params FILE]
rem
rem Needs uv, or a 64-bit Python 3.11 to 3.14. What it installs is pinned and hashed in
rem requirements-live.lock and lives in .venv-live, apart from everything else.
rem Stops when the bot ended on purpose (0), was started wrongly (2) or needs a person (3);
rem should the watch itself end in any other way, it is started again: in 5 s, 10 s, 20 s ... at
rem most 300 s, and in 5 s once it had lived 10 minutes. Set RUN_LIVE_UNATTENDED=1 where nobody can press a key.
setlocal EnableExtensions DisableDelayedExpansion
cd /d "%~dp0"
if not exist requirements-live.lock echo Not in the folder of the bot: it must be on a drive with a letter.
if not exist requirements-live.lock exit /b 1
title challenge-bot
chcp 65001 >nul
set "PYTHONUTF8=1"
set "PYTHONUNBUFFERED=1"
set "PYTHONHOME="
set "PYTHONPATH="
set "PYTHONSAFEPATH="
set "ENVIRONMENT=.venv-live"
set "PYTHON=.venv-live\Scripts\python.exe"
set "LOCK=requirements-live.lock"
set "INSTALLED=.venv-live\installed.lock"
set "DELAY_S=5"
set "CODE=1"
if not exist logs mkdir logs
call :open_log

call :set_up
if not "%ERRORLEVEL%"=="0" goto not_set_up
call :rotate_log
call :say "Selecting text in this window pauses it. The bot would trade on, but nothing would restart it: press Esc."

:check
"%PYTHON%" -m bot check %*
set "CODE=%ERRORLEVEL%"
if "%CODE%"=="0" goto checked
if "%CODE%"=="2" goto wrong_use
if "%CODE%"=="3" goto person_needed
call :say "The check failed with code %CODE%. Mend what it named; it is tried again in %DELAY_S% s."
call :wait
goto check

:checked
set "DELAY_S=5"
goto run

:run
call :rotate_log
call :say "The bot starts. It writes to %LOG%; ask it from another window: %PYTHON% -m bot status"
call :read_uptime BEGAN_S
call :not_started
"%PYTHON%" -m bot watch %* >>"%LOG%" 2>&1
set "CODE=%ERRORLEVEL%"
call :read_uptime ENDED_S
if "%CODE%"=="0" goto ended
if "%CODE%"=="2" goto wrong_use
if "%CODE%"=="3" goto person_needed
set /a LIVED_S=ENDED_S-BEGAN_S
if %LIVED_S% GEQ 600 set "DELAY_S=5"
call :say "The bot ended with code %CODE% after %LIVED_S% s. It is started again in %DELAY_S% s."
call :wait
goto run

:ended
call :say "The bot ended as it was told to."
goto leave

:wrong_use
call :say "Wrong use or unusable parameters, code 2. Nothing is started again."
goto leave

:person_needed
call :say "A person is needed, code 3: read what it said above or at the end of %LOG%. Nothing is started again."
goto leave

:not_set_up
call :say "The environment could not be set up; see above. Nothing was started."
set "CODE=1"
goto leave

:leave
if not defined RUN_LIVE_UNATTENDED pause
exit /b %CODE%

rem ------------------------------------------------------------------ the environment

:set_up
if not exist "%PYTHON%" goto install
"%PYTHON%" -c "import sys" >nul 2>&1
if not "%ERRORLEVEL%"=="0" goto set_up_anew
if not exist "%INSTALLED%" goto install
fc /b "%LOCK%" "%INSTALLED%" >nul 2>&1
if not "%ERRORLEVEL%"=="0" goto install
exit /b 0

:set_up_anew
call :say "The Python behind %ENVIRONMENT% is gone; it is set up anew."
rmdir /s /q "%ENVIRONMENT%"
goto install

:install
call :say "Setting up %ENVIRONMENT% from %LOCK%."
if exist "%INSTALLED%" del "%INSTALLED%"
where uv >nul 2>&1
if not "%ERRORLEVEL%"=="0" goto install_with_pip
goto install_with_uv

:install_with_uv
if exist "%PYTHON%" goto sync_with_uv
call uv venv --python ">=3.11,<3.15" "%ENVIRONMENT%"
if not "%ERRORLEVEL%"=="0" exit /b 1
goto sync_with_uv

:sync_with_uv
call uv pip sync --python "%PYTHON%" --require-hashes --only-binary :all: "%LOCK%"
if not "%ERRORLEVEL%"=="0" exit /b 1
goto installed

:install_with_pip
if exist "%PYTHON%" goto sync_with_pip
call :find_python
if not "%ERRORLEVEL%"=="0" exit /b 1
%BASE_PYTHON% -m venv "%ENVIRONMENT%"
if not "%ERRORLEVEL%"=="0" exit /b 1
goto sync_with_pip

:sync_with_pip
"%PYTHON%" -m pip install --disable-pip-version-check --require-hashes --only-binary :all: -r "%LOCK%"
if not "%ERRORLEVEL%"=="0" exit /b 1
goto installed

:installed
copy /y "%LOCK%" "%INSTALLED%" >nul
if not "%ERRORLEVEL%"=="0" exit /b 1
exit /b 0

:find_python
set "BASE_PYTHON="
call :try_python py -3.13
call :try_python py -3.12
call :try_python py -3.11
call :try_python py -3.14
call :try_python python
call :try_python python3
if defined BASE_PYTHON exit /b 0
call :say "No uv and no 64-bit Python 3.11 to 3.14 found. Install one of them and start again."
exit /b 1

:try_python
if defined BASE_PYTHON exit /b 0
%* -c "import sys; sys.exit(not (sys.maxsize > 2**32 and (3, 11) <= sys.version_info[:2] <= (3, 14)))" >nul 2>&1
if not "%ERRORLEVEL%"=="0" exit /b 1
set "BASE_PYTHON=%*"
exit /b 0

rem ------------------------------------------------------------------ time and words

:wait
set /a PINGS_COUNT=DELAY_S+1
ping -n %PINGS_COUNT% 127.0.0.1 >nul
set /a DELAY_S=DELAY_S*2
if %DELAY_S% GTR 300 set "DELAY_S=300"
exit /b 0

:read_uptime
set "%1=0"
for /f "usebackq" %%s in (`%PYTHON% -c "import time; print(int(time.monotonic()))"`) do set "%1=%%s"
exit /b 0

:rotate_log
set "LOG=logs\run_live.log"
set "LOG_DAY="
for /f "usebackq" %%d in (`%PYTHON% -c "import os, time; print(*{time.strftime('%%Y-%%m-%%d', time.localtime(s)) for s in [os.path.getmtime(r'%LOG%')]} - {time.strftime('%%Y-%%m-%%d')})"`) do set "LOG_DAY=%%d"
forfiles /p logs /m run_live-*.log /d -90 /c "cmd /c del @path" >nul 2>&1
if not defined LOG_DAY goto open_log
type "%LOG%" 2>nul >>"logs\run_live-%LOG_DAY%.log" || goto open_log
del "%LOG%" >nul 2>&1
goto open_log

:open_log
rem Only || sees that a redirection failed; then the bot must not be started with it.
set "LOG=logs\run_live.log"
type nul 2>nul >>"%LOG%" || set "LOG=nul"
if "%LOG%"=="nul" echo The log file cannot be written; going on without it.
exit /b 0

:not_started
rem The code that is left when the next line could not start its program at all.
exit /b 9

:say
echo %~1
echo %DATE% %TIME% %~1 2>nul >>"%LOG%"
exit /b 0
